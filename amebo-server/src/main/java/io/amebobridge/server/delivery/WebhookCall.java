package io.amebobridge.server.delivery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** One call under way. Confined to one event loop. */
final class WebhookCall {
  private static final int MOST_INTERIM_ANSWERS = 16;
  private static final long MOST_RETRY_SECONDS = Duration.ofDays(365).toSeconds();
  private final Promise<CallResult> done = Promise.promise();
  private final WebhookRequest content;
  private @Nullable HttpClientRequest request;
  private final AnswerText body = new AnswerText();
  private @Nullable CallResult answered;
  private int interimAnswers;
  private boolean expired;

  WebhookCall(WebhookRequest content) {
    this.content = content;
  }

  Future<CallResult> done() {
    return done.future();
  }

  void send(HttpClientRequest ready) {
    request = ready;
    if (expired) {
      ready.reset();
      return;
    }
    content.headers().forEach(ready::putHeader);
    ready.continueHandler(go -> interim());
    ready.earlyHintsHandler(hints -> interim());
    ready.response().onSuccess(this::receive).onFailure(this::fail);
    ready.end(content.body()).onFailure(this::fail);
  }

  /** A receiver that only ever announces an answer would keep the event loop busy. */
  private void interim() {
    if (++interimAnswers > MOST_INTERIM_ANSWERS && request != null) {
      finish(CallResult.failed("the receiver sends interim answers without end"));
      request.reset();
    }
  }

  /** The status decides; the body is read off so that the connection can be used again. */
  private void receive(HttpClientResponse response) {
    answered = judge(response);
    body.encoding(response.getHeader(HttpHeaders.CONTENT_ENCODING));
    response.exceptionHandler(cut -> finish(answered));
    response.endHandler(end -> finish(answered));
    response.handler(
        part -> {
          if (!body.add(part)) {
            finish(answered);
            response.request().reset();
          }
        });
  }

  void expire(Duration after) {
    expired = true;
    CallResult known = answered;
    finish(
        known != null ? known : CallResult.failed("no answer within " + after.toMillis() + " ms"));
    if (request != null) {
      request.reset();
    }
  }

  void fail(Throwable cause) {
    CallResult known = answered;
    finish(known != null ? known : CallResult.failed(reason(cause)));
  }

  private void finish(@Nullable CallResult result) {
    if (result != null) {
      done.tryComplete(result.withResponse(body.text()));
    }
  }

  private static CallResult judge(HttpClientResponse response) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return new CallResult(status, null, null, null);
    }
    String error = "the receiver answered " + status;
    if (status >= 300 && status < 400) {
      error =
          "the receiver answered "
              + status
              + ", a redirect to "
              + shortened(response.getHeader(HttpHeaders.LOCATION))
              + "; redirects are not followed: subscribe with the final address";
    }
    return new CallResult(
        status, error, retryAfter(response.getHeader(HttpHeaders.RETRY_AFTER)), null);
  }

  private static @Nullable Duration retryAfter(@Nullable String header) {
    if (header == null) {
      return null;
    }
    try {
      return !header.isEmpty() && header.chars().allMatch(Character::isDigit)
          ? Duration.ofSeconds(Math.min(Long.parseLong(header), MOST_RETRY_SECONDS))
          : Duration.between(
              Instant.now(),
              ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException | NumberFormatException e) {
      return null; // not a Retry-After, so our own backoff holds
    }
  }

  private static String reason(Throwable cause) {
    if (cause instanceof Addresses.Forbidden) {
      return String.valueOf(cause.getMessage());
    }
    if (cause instanceof UnknownHostException) {
      return "the receiver's name is unknown: " + shortened(cause.getMessage());
    }
    String kind = cause instanceof ConnectException ? "cannot connect: " : "the call failed: ";
    return kind + shortened(cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }

  private static String shortened(@Nullable String text) {
    String known = AnswerText.clean(String.valueOf(text));
    return known.length() <= 300 ? known : known.substring(0, 300) + "…";
  }
}
