package io.amebobridge.rabbitmq;

import io.amebobridge.core.Causes;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * RabbitMQ's management API, of which only GET is ever used. Waits for the answer, so it is not for
 * the pump's thread. Thread-safe.
 *
 * <p>What it tells of messages and consumers is some seconds old: nodes report to it every five.
 */
final class Management {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int PAGE = 500;

  private final ManagementSettings settings;
  private final ManagementErrors errors;
  private final String authorization;
  private final HttpClient http;

  /**
   * Connects to nothing yet.
   *
   * @throws SourceException permanent, for a trust store that can't be read
   */
  Management(ManagementSettings settings) throws SourceException {
    this.settings = settings;
    errors = new ManagementErrors(settings);
    String login = settings.user() + ":" + settings.password().reveal();
    authorization =
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER) // the login is for this host alone
            .connectTimeout(settings.timeout());
    ManagementTls.of(settings).ifPresent(builder::sslContext);
    http = builder.build();
  }

  /** A name as one part of a path: a virtual host may have slashes, percent signs and spaces. */
  static String part(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * The answer.
   *
   * @param path such as {@code /api/overview}, its names encoded
   */
  JsonNode get(String path) throws SourceException, InterruptedException {
    HttpResponse<byte[]> answer = call(path);
    if (answer.statusCode() != 200) throw errors.ofAnswer(path, answer);
    return read(path, answer);
  }

  /** The answer; empty where there is no such thing. */
  Optional<JsonNode> find(String path) throws SourceException, InterruptedException {
    HttpResponse<byte[]> answer = call(path);
    if (answer.statusCode() == 404 && errors.isApi(answer)) return Optional.empty();
    if (answer.statusCode() != 200) throw errors.ofAnswer(path, answer);
    return Optional.of(read(path, answer));
  }

  /** All of a list that may be thousands long, page by page; not one moment's picture. */
  List<JsonNode> pages(String path) throws SourceException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    for (int page = 1, last = 1; page <= last; page++) {
      String query = "?pagination=true&sort=name&page_size=" + PAGE + "&page=" + page;
      HttpResponse<byte[]> answer = call(path + query);
      boolean shrunk = page > 1 && answer.statusCode() == 400; // the last page is gone
      if (shrunk) break;
      if (answer.statusCode() != 200) throw errors.ofAnswer(path, answer);
      JsonNode found = read(path, answer);
      if (found.isArray()) return list(found); // a version that pages nothing here
      all.addAll(list(found.path("items")));
      last = found.path("page_count").asInt(1);
    }
    return all;
  }

  List<JsonNode> list(String path) throws SourceException, InterruptedException {
    return list(get(path));
  }

  private static List<JsonNode> list(JsonNode array) {
    return List.copyOf(array.values());
  }

  private HttpResponse<byte[]> call(String path) throws SourceException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(settings.uri() + path))
            .timeout(settings.timeout())
            .header("Authorization", authorization)
            .header("Accept", "application/json")
            .build();
    CompletableFuture<HttpResponse<byte[]>> future =
        http.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      // the request's own timeout ends with the headers
      return future.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw errors.ofCalling(Causes.unwrap(e));
    } catch (TimeoutException e) {
      throw errors.ofCalling(e);
    } finally {
      future.cancel(true);
    }
  }

  private JsonNode read(String path, HttpResponse<byte[]> answer) throws SourceException {
    try {
      return JSON.readTree(answer.body());
    } catch (JacksonException e) {
      throw errors.notJson(path, new IOException("no JSON", e));
    }
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
