package io.amebobridge.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A whole answer, read into memory. */
record HttpAnswer(HttpUrl url, int status, Headers headers, byte[] body) {
  private static final int MAX_ERROR_CHARS = 500;

  boolean ok() {
    return status == 200 || status == 201;
  }

  /** The body's JSON, or null where it is none. */
  @Nullable JsonNode json() {
    if (body.length == 0) return null;
    try {
      return Json.MAPPER.readTree(body);
    } catch (JacksonException e) {
      return null;
    }
  }

  /** The server's own words, on one line, of bounded length. */
  String error() {
    JsonNode json = json();
    JsonNode error = json != null && json.isObject() ? json.get("error") : null;
    String text;
    if (error != null) text = error.isString() ? error.stringValue() : error.toString();
    else if (json != null && json.isString()) text = json.stringValue();
    else text = isHtml() ? "" : text();
    return brief(text);
  }

  /** The whole body as it is; for looking at, never for a log. */
  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** On one line, of bounded length. */
  static String brief(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > MAX_ERROR_CHARS ? line.substring(0, MAX_ERROR_CHARS) + "…" : line;
  }

  /** What a caller may do about an answer that is no success. */
  AmeboException failure(String what) {
    String message = what + " at " + origin() + ": " + status + suffix(error());
    if (status == 401 || status == 403) {
      return new AmeboException.Denied(message + "; check the name and the secret");
    }
    if (status >= 300 && status < 400) return redirected(what);
    if (status == 408 || status == 429 || (status >= 500 && status != 501)) {
      return new AmeboException.Unavailable(
          message, RetryAfter.parse(headers.get("Retry-After"), Instant.now()), null);
    }
    return new AmeboException.Refused(message, status);
  }

  private AmeboException redirected(String what) {
    String location = headers.get("Location");
    HttpUrl target = location == null ? null : url.resolve(location);
    // The host only: a query may hold a secret.
    String where = target == null ? "" : " to " + target.scheme() + "://" + hostAndPort(target);
    return new AmeboException.Refused(
        what
            + " at "
            + origin()
            + ": "
            + status
            + ", redirected"
            + where
            + "; redirects are never followed, set the URL to the server itself",
        status);
  }

  String origin() {
    return url.scheme() + "://" + hostAndPort(url) + url.encodedPath();
  }

  private static String hostAndPort(HttpUrl url) {
    return url.host() + ":" + url.port();
  }

  private boolean isHtml() {
    String type = headers.get("Content-Type");
    return type != null && type.startsWith("text/html");
  }

  private static String suffix(String error) {
    return error.isEmpty() ? "" : ", " + error;
  }
}
