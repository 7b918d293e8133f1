package io.amebobridge.rabbitmq;

import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.brokers.Relay;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.testkit.SinkFault;
import io.amebobridge.testkit.SinkHarness;
import io.amebobridge.testkit.TestRabbit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A virtual host with one queue, behind a relay. */
final class RabbitSinkHarness implements SinkHarness {
  private static final String QUEUE = "contract.happened";
  private static final String REJECTED = "to nowhere: ";
  private static final int LIMIT = 1 << 20;
  private static final int USUAL_LIMIT = 134_217_728;

  private final TestRabbit rabbit;
  private final RabbitVirtualHost host;
  private final Relay relay;
  private final List<Stored> taken = new ArrayList<>();
  private boolean limited;

  RabbitSinkHarness(String type) throws Exception {
    rabbit = TestRabbit.shared();
    host = rabbit.newVirtualHost();
    relay = rabbit.node().relay();
    try (Producer producer = new Producer(host.uri())) {
      producer.declare(QUEUE, type);
    }
  }

  @Override
  public MessageSink newSink() {
    return new RabbitSinks(host.uriAt(relay.endpoint()))
        .routingKey(RabbitSinkHarness::routingKey)
        .create();
  }

  private static String routingKey(Message message) {
    String body = new String(Objects.requireNonNull(message.body()), StandardCharsets.UTF_8);
    return body.startsWith(REJECTED) ? "nowhere" : message.address();
  }

  @Override
  public List<Stored> stored() throws Exception {
    for (RabbitSinks.Stored m : RabbitSinks.take(host.uri(), QUEUE)) {
      taken.add(new Stored(m.properties().getMessageId(), m.routingKey(), m.body()));
    }
    return List.copyOf(taken);
  }

  @Override
  public String address() {
    return QUEUE;
  }

  @Override
  public byte[] body(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void begin(SinkFault fault) throws Exception {
    switch (fault) {
      case AWAY -> relay.refuse();
      case FAILS_ONCE -> relay.cutAfter(600); // the first of each lane has some 400
      case SILENT -> relay.stall(true);
      case ANSWERS_LOST -> relay.loseAnswers(true);
      case DENYING -> {
        password("another");
        rabbit.node().control("close_all_connections", "-p", host.name(), "maintenance");
      }
      default -> throw new IllegalStateException(fault + " is among unsupported()");
    }
  }

  private void password(String password) throws Exception {
    String json = "{\"password\":\"%s\",\"tags\":\"\"}".formatted(password);
    rabbit.node().management().put("/api/users/" + host.user(), json);
  }

  @Override
  public void end() throws Exception {
    relay.accept();
    relay.stall(false);
    relay.loseAnswers(false);
    password(host.password());
  }

  @Override
  public byte[] rejectedBody(String text) {
    return body(REJECTED + text);
  }

  @Override
  public byte[] oversizedBody() {
    limit(LIMIT);
    limited = true;
    return new byte[LIMIT + 1];
  }

  /** Channels that are opened from now on have it. */
  private void limit(int bytes) {
    try {
      rabbit
          .node()
          .control("eval", "application:set_env(rabbit, max_message_size, " + bytes + ").");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public String secret() {
    return host.password();
  }

  @Override
  public boolean recognisesRepeats() {
    return false;
  }

  @Override
  public Map<SinkFault, String> unsupported() {
    return Map.of(
        SinkFault.THROTTLING, "RabbitMQ asks nobody to come back later",
        SinkFault.REDIRECTING, "AMQP 0-9-1 has no redirects");
  }

  @Override
  public void close() {
    try {
      if (limited) limit(USUAL_LIMIT);
      relay.close();
      host.delete();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
