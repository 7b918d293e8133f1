package io.amebobridge.aws;

import io.amebobridge.core.Header;
import io.amebobridge.core.MessageSource;
import io.amebobridge.testkit.SourceGuarantee;
import io.amebobridge.testkit.SourceHarness;
import io.amebobridge.testkit.TestAws;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;

/**
 * A shadow of one standard queue, whose copies come by its topic. Of a FIFO topic fauxqs gives one
 * message of a group at a time, which the contract can't be tried with.
 */
final class ShadowHarness implements SourceHarness {
  private AwsFixture aws;
  private final String name;
  private final String topic;

  ShadowHarness() throws Exception {
    aws = new AwsFixture();
    name = TestAws.unique("orders");
    aws.queue(name);
    topic = aws.topic(name);
    aws.subscribe(topic, name, Map.of());
    sources().prepare(); // what is published before is not copied
  }

  private ShadowSources sources() {
    return new ShadowSources(aws, name).with("topic", topic).with("create", "true");
  }

  @Override
  public List<String> lanes() {
    return List.of(name, name); // it has none
  }

  @Override
  public void publish(String lane, List<Outgoing> messages) {
    for (Outgoing m : messages) {
      String body = new String(Objects.requireNonNull(m.body()), StandardCharsets.UTF_8);
      Map<String, MessageAttributeValue> attributes = new HashMap<>();
      for (Header h : m.headers()) {
        String text = new String(Objects.requireNonNull(h.value()), StandardCharsets.UTF_8);
        attributes.put(
            h.name(), MessageAttributeValue.builder().dataType("String").stringValue(text).build());
      }
      var unused =
          aws.sns.publish(p -> p.topicArn(topic).message(body).messageAttributes(attributes));
    }
  }

  @Override
  public MessageSource newSource() throws Exception {
    return sources().create();
  }

  @Override
  public void killBroker() throws Exception {
    aws.server.kill9();
  }

  @Override
  public void startBroker() throws Exception {
    aws.server.start();
    aws.close(); // its connections are those of before
    aws = new AwsFixture(aws.server);
  }

  @Override
  public Duration lease() {
    return Duration.ofSeconds(3);
  }

  @Override
  public byte[] poison() {
    return "{\"Type\": \"Notification\", \"MessageId\"".getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String secret() {
    return "a-secret-key";
  }

  @Override
  public Map<SourceGuarantee, String> unsupported() {
    Map<SourceGuarantee, String> cannot = new EnumMap<>(SourceGuarantee.class);
    cannot.put(
        SourceGuarantee.OWNERSHIP_MOVES,
        "consumers share a queue's messages; one moves only when it is not renewed");
    cannot.put(SourceGuarantee.TOMBSTONES, "SNS knows no message without a body");
    cannot.put(SourceGuarantee.REPEATED_HEADERS, "SNS has no keys, and attributes are a table");
    cannot.put(SourceGuarantee.ORDER, "a standard queue keeps none");
    return cannot;
  }

  @Override
  public void close() {
    aws.close();
  }
}
