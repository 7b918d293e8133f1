package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says what the management API's refusals mean: the place, the remedy, and whether time helps. */
final class ManagementErrors {
  private final ManagementSettings settings;

  ManagementErrors(ManagementSettings settings) {
    this.settings = settings;
  }

  private String at() {
    return settings.place() + ": the management API at " + settings.uri() + " ";
  }

  /** Where there was no answer. */
  SourceException ofCalling(Throwable cause) {
    if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
      return SourceException.temporary(
          at() + "did not answer within " + settings.timeout() + "; see management.timeout", cause);
    }
    if (cause instanceof ConnectException) {
      return SourceException.temporary(
          at()
              + "can't be reached; start the broker, enable the plug-in (rabbitmq-plugins enable"
              + " rabbitmq_management), or correct uri: its port is usually 15672",
          cause);
    }
    if (cause instanceof SSLException) {
      return SourceException.permanent(
          at()
              + "failed the TLS handshake: "
              + cause.getMessage()
              + "; it may be an http:// port, or its certificate is not in"
              + " rabbitmq.ssl.trust.store",
          cause);
    }
    boolean other = String.valueOf(cause.getMessage()).contains("status line");
    if (other) {
      return SourceException.permanent(
          at()
              + "does not speak HTTP: this is another port (AMQP's is 5672, the management API's"
              + " 15672), or one for https://",
          cause);
    }
    return SourceException.temporary(at() + "did not answer: " + cause, cause);
  }

  /** Of any status but 200. */
  SourceException ofAnswer(String path, HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    String said = reason(answer);
    IOException cause = new IOException("GET " + path + " answered " + status);
    if (status == 401 && !said.toLowerCase(Locale.ROOT).contains("not authorised to")) {
      return SourceException.permanent(
          at()
              + "refused user "
              + settings.user()
              + " ("
              + said
              + "); correct username and password (they default to those of rabbitmq.uri), and give"
              + " the user a tag: rabbitmqctl set_user_tags "
              + settings.user()
              + " monitoring",
          cause);
    }
    if (status == 401 || status == 403) {
      return SourceException.permanent(
          at() + "does not let user " + settings.user() + " see " + path + ": " + said, cause);
    }
    if (!isApi(answer)) return notJson(path, cause);
    if (status == 404) {
      return SourceException.permanent(
          at() + "has no " + path + ": " + said + "; is the virtual host right?", cause);
    }
    String text = at() + "answered " + status + " to " + path + ": " + said;
    return status >= 500 || status == 429
        ? SourceException.temporary(text, cause)
        : SourceException.permanent(text, cause);
  }

  SourceException notJson(String path, IOException cause) {
    return SourceException.permanent(
        at() + "is none: " + cause.getMessage() + " to " + path + "; correct uri", cause);
  }

  /** Whether it is an answer of this API, rather than of whatever else is there. */
  boolean isApi(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("content-type").orElse("").contains("json");
  }

  private String reason(HttpResponse<byte[]> answer) {
    if (!isApi(answer)) return "status " + answer.statusCode();
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    try {
      JsonNode json = JsonMapper.shared().readTree(text);
      return json.path("reason").asString(text);
    } catch (JacksonException notJson) {
      return "status " + answer.statusCode();
    }
  }
}
