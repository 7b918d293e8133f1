package io.amebobridge.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks to a server the way a client does: plain HTTP, nothing of the server's own code. Every
 * answer is held against what the server says of itself in {@code /openapi.json}.
 */
record Wire(URI base, @Nullable String token) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  static final String ADMIN_PASSWORD = "correct horse battery";

  record Reply(int status, String text, HttpResponse<String> response) {
    JsonNode json() {
      return JsonMapper.shared().readTree(text);
    }

    String error() {
      return json().path("error").asString("");
    }

    @Nullable String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }
  }

  static Wire anonymous(AmeboServer server) {
    return new Wire(server.uri(), null);
  }

  static Wire admin(AmeboServer server) {
    return anonymous(server)
        .login(
            "{\"username\":\"admin\",\"password\":\""
                + ADMIN_PASSWORD
                + "\",\"scheme\":\"bearer\"}");
  }

  Wire login(String credentials) {
    Reply reply = new Wire(base, null).post("/v1/tokens", credentials);
    if (reply.status() != 202) {
      throw new IllegalStateException(reply.status() + " " + reply.text());
    }
    return new Wire(base, reply.json().path("token").asString());
  }

  Wire application(String name, String secret) {
    return login(
        "{\"application\":\"" + name + "\",\"secret\":\"" + secret + "\",\"scheme\":\"bearer\"}");
  }

  Reply get(String path) {
    return send("GET", path, null, "application/json");
  }

  Reply post(String path, String body) {
    return send("POST", path, body, "application/json");
  }

  Reply put(String path, String body) {
    return send("PUT", path, body, "application/json");
  }

  Reply delete(String path) {
    return send("DELETE", path, null, "application/json");
  }

  Reply send(String method, String path, @Nullable String body, String type) {
    return send(method, path, body, type, Map.of());
  }

  Reply send(
      String method, String path, @Nullable String body, String type, Map<String, String> headers) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(request(method, path, body, type), (name, value) -> true);
      headers.forEach(request::header);
      HttpResponse<String> answer =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      Described.check(base, HTTP, method, answer);
      return reply(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  CompletableFuture<Reply> postAsync(String path, String body) {
    return HTTP.sendAsync(
            request("POST", path, body, "application/json"), HttpResponse.BodyHandlers.ofString())
        .thenApply(Wire::reply);
  }

  private HttpRequest request(String method, String path, @Nullable String body, String type) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(30));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (body != null) {
      request.header("Content-Type", type);
    }
    return request
        .method(
            method,
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static Reply reply(HttpResponse<String> response) {
    return new Reply(response.statusCode(), response.body(), response);
  }
}
