package io.amebobridge.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What a plain loop does with a message: a POST to Amebo. Not thread-safe. */
final class PostEvent {
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI events;
  private final String token;

  PostEvent(URI amebo, String token) {
    this.events = amebo.resolve("/v1/events");
    this.token = token;
  }

  /** Returns when Amebo has it. */
  void publish(String action, String deduper, byte[] payload)
      throws IOException, InterruptedException {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("action", action);
    event.put("deduper", deduper);
    event.put("sleep_until", null);
    event.put("payload", JsonMapper.shared().readTree(payload));
    HttpRequest request =
        HttpRequest.newBuilder(events)
            .version(HttpClient.Version.HTTP_1_1)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    JsonMapper.shared().writeValueAsBytes(event)))
            .build();
    int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != 201) throw new IOException("Amebo answered " + status);
  }
}
