package io.amebobridge.aws;

import io.amebobridge.core.MessageSource;
import io.amebobridge.testkit.SourceGuarantee;
import io.amebobridge.testkit.SourceHarness;
import io.amebobridge.testkit.TestAws;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Two queues on a server: of a FIFO queue a lane is its one message group. */
class SqsHarness implements SourceHarness {
  private static final String GROUP = "g";

  private SqsProducer producer;
  private final String endpoint;
  private final boolean fifo;
  private final List<String> queues;

  SqsHarness(String endpoint, boolean fifo) throws Exception {
    this.endpoint = endpoint;
    this.fifo = fifo;
    producer = new SqsProducer(endpoint);
    String suffix = fifo ? ".fifo" : "";
    queues = List.of(TestAws.unique("orders") + suffix, TestAws.unique("payments") + suffix);
    queues.forEach(producer::queue);
  }

  @Override
  public List<String> lanes() {
    return fifo ? queues.stream().map(q -> SqsMessage.lane(q, GROUP)).toList() : queues;
  }

  @Override
  public void publish(String lane, List<Outgoing> messages) {
    List<String> bodies =
        messages.stream()
            .map(m -> new String(Objects.requireNonNull(m.body()), StandardCharsets.UTF_8))
            .toList();
    producer.send(queues.get(lanes().indexOf(lane)), fifo ? GROUP : null, bodies);
  }

  @Override
  public MessageSource newSource() throws Exception {
    return sources().create();
  }

  SqsSources sources() {
    return new SqsSources(endpoint, queues.toArray(String[]::new));
  }

  @Override
  public int unsettledPerLane() {
    return fifo ? 10 : 100;
  }

  @Override
  public void killBroker() throws Exception {
    throw new UnsupportedOperationException();
  }

  @Override
  public void startBroker() throws Exception {
    throw new UnsupportedOperationException();
  }

  /** The connections that it had are gone. */
  void reconnect() throws Exception {
    producer.close();
    producer = new SqsProducer(endpoint);
  }

  @Override
  public Duration lease() {
    return Duration.ofSeconds(2);
  }

  @Override
  public byte[] poison() {
    return "{\"Type\": \"Notification\", \"MessageId\"".getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public @Nullable String secret() {
    return SqsSources.SECRET;
  }

  @Override
  public Map<SourceGuarantee, String> unsupported() {
    Map<SourceGuarantee, String> cannot = new EnumMap<>(SourceGuarantee.class);
    cannot.put(
        SourceGuarantee.OWNERSHIP_MOVES,
        "consumers share a queue's messages; one moves only when it is not renewed, see"
            + " SqsFaultTest");
    cannot.put(SourceGuarantee.TOMBSTONES, "SQS knows no message without a body");
    cannot.put(
        SourceGuarantee.REPEATED_HEADERS,
        "SQS has no keys, bodies are text and attributes a table; see SqsMessageTest");
    if (!fifo) cannot.put(SourceGuarantee.ORDER, "a standard queue keeps none");
    return cannot;
  }

  @Override
  public void close() {
    producer.close();
  }
}
