package io.amebobridge.brokers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A node's management API, as the administrator that a fresh node has. Thread-safe. */
public final class RabbitManagement {
  private static final String LOGIN =
      Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.US_ASCII));

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String url;

  RabbitManagement(int port) {
    url = "http://127.0.0.1:" + port;
  }

  public String url() {
    return url;
  }

  /** The answer's JSON. */
  public String get(String path) throws IOException, InterruptedException {
    return call("GET", path, null);
  }

  public void put(String path, String json) throws IOException, InterruptedException {
    call("PUT", path, json);
  }

  /** What is not there need not be deleted. */
  public void delete(String path) throws IOException, InterruptedException {
    call("DELETE", path, null);
  }

  private String call(String method, String path, @Nullable String json)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Basic " + LOGIN)
            .header("Content-Type", "application/json")
            .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    boolean absent = method.equals("DELETE") && answer.statusCode() == 404;
    if (answer.statusCode() / 100 == 2 || absent) return answer.body();
    throw new IOException(
        method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
  }
}
