package io.amebobridge.testkit;

import io.amebobridge.brokers.SnsSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What SNS posts to an endpoint, and what somebody posts who pretends to be SNS: made by hand,
 * signed, then changed. Immutable.
 */
public final class SnsPost {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Map<String, String> fields;
  private final Map<String, Map<String, String>> attributes;

  private SnsPost(Map<String, String> fields, Map<String, Map<String, String>> attributes) {
    this.fields = fields;
    this.attributes = attributes;
  }

  /** Not yet signed; with the address of a certificate at SNS. */
  public static SnsPost notification(String topicArn, String message) {
    return of("Notification", topicArn, message);
  }

  /** A subscription that wants to be confirmed. */
  public static SnsPost confirmation(String topicArn, String token) {
    String host = "sns." + topicArn.split(":", -1)[3] + ".amazonaws.com";
    String url = "https://%s/?Action=ConfirmSubscription&TopicArn=%s&Token=%s";
    return of("SubscriptionConfirmation", topicArn, "You have chosen to subscribe.\nVisit.")
        .with("Token", token)
        .with("SubscribeURL", url.formatted(host, topicArn, token));
  }

  private static SnsPost of(String type, String topicArn, String message) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Type", type);
    fields.put("MessageId", UUID.randomUUID().toString());
    fields.put("TopicArn", topicArn);
    fields.put("Message", message);
    fields.put("Timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    String host = "sns." + topicArn.split(":", -1)[3] + ".amazonaws.com";
    fields.put("SigningCertURL", "https://" + host + "/SimpleNotificationService-0123.pem");
    return new SnsPost(fields, Map.of());
  }

  /** With another value of a field; what was signed stays. */
  public SnsPost with(String field, String value) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.put(field, value);
    return new SnsPost(changed, attributes);
  }

  public SnsPost without(String field) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.remove(field);
    return new SnsPost(changed, attributes);
  }

  /** A message attribute, which SNS does not sign. */
  public SnsPost attribute(String name, String type, String value) {
    Map<String, Map<String, String>> more = new LinkedHashMap<>(attributes);
    more.put(name, Map.of("Type", type, "Value", value));
    return new SnsPost(fields, more);
  }

  public SnsPost signed(SnsSigner signer, String version) {
    return with("SignatureVersion", version).with("Signature", signer.sign(fields, version));
  }

  public String field(String name) {
    return fields.getOrDefault(name, "");
  }

  public String json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    fields.forEach(json::put);
    if (!attributes.isEmpty())
      json.set("MessageAttributes", JsonMapper.shared().valueToTree(attributes));
    return json.toString();
  }

  /** The answer's status. */
  public int to(URI endpoint) throws IOException, InterruptedException {
    return HTTP.send(request(endpoint), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  /** The answer's status, when it comes. */
  public CompletableFuture<Integer> sendTo(URI endpoint) {
    return HTTP.sendAsync(request(endpoint), HttpResponse.BodyHandlers.discarding())
        .thenApply(HttpResponse::statusCode);
  }

  private HttpRequest request(URI endpoint) {
    return HttpRequest.newBuilder(endpoint)
        .timeout(Duration.ofSeconds(20))
        .header("Content-Type", "text/plain; charset=UTF-8")
        .header("x-amz-sns-message-type", field("Type"))
        .header("x-amz-sns-message-id", field("MessageId"))
        .header("x-amz-sns-topic-arn", field("TopicArn"))
        .POST(HttpRequest.BodyPublishers.ofString(json()))
        .build();
  }
}
