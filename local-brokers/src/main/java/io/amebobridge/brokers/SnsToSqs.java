package io.amebobridge.brokers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@link LocalSns} says to SQS, by its JSON protocol; the server is one that verifies no
 * credentials. Thread-safe.
 */
final class SnsToSqs {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http;
  private final @Nullable URI endpoint;

  /** The service answered that it could not. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;
    final int status;

    Refused(String action, int status) {
      super(action + " answered " + status);
      this.status = status;
    }
  }

  SnsToSqs(HttpClient http, @Nullable URI endpoint) {
    this.http = http;
    this.endpoint = endpoint;
  }

  /** The URL of the queue with this ARN. */
  String url(String arn) throws IOException, InterruptedException {
    String name = arn.substring(arn.lastIndexOf(':') + 1);
    return call("GetQueueUrl", JSON.createObjectNode().put("QueueName", name))
        .path("QueueUrl")
        .asString();
  }

  /** The answer to a call. */
  JsonNode call(String action, ObjectNode body) throws IOException, InterruptedException {
    if (endpoint == null) throw new Refused("no SQS endpoint: " + action, 404);
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", "AmazonSQS." + action)
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=local/20260101/"
                    + LocalSns.REGION
                    + "/sqs/aws4_request, SignedHeaders=host, Signature=none")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) throw new Refused(action, answer.statusCode());
    return JSON.readTree(answer.body());
  }
}
