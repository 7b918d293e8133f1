package io.amebobridge.cli.demo;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A RabbitMQ of the user's. What is made there has names that nobody else has, and is removed at
 * the end, also on Ctrl-C; should the demo be killed, RabbitMQ removes it after an hour.
 */
final class GivenRabbit implements DemoBroker {
  private static final Logger log = LoggerFactory.getLogger(GivenRabbit.class);
  private static final long UNUSED_FOR_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final String uri;
  private final OrderMessages example;
  private final AtomicBoolean toRemove = new AtomicBoolean();
  private final String name;

  /** Asks it what it is. */
  GivenRabbit(String uri) throws IOException {
    this.uri = uri;
    try {
      name = Amqp.product(uri);
    } catch (IOException e) {
      throw new IOException("the broker at " + Amqp.address(uri) + ": " + reason(e), e);
    }
    String own = "-demo-" + UUID.randomUUID().toString().substring(0, 8);
    // another AMQP broker may refuse what it does not know
    Map<String, Object> arguments =
        name.startsWith("RabbitMQ ") ? Map.of("x-expires", UNUSED_FOR_MILLIS) : Map.of();
    OrderMessages.Queue queue = new OrderMessages.Queue("analytics" + own, arguments);
    example = new OrderMessages(uri, "order" + own, List.of(queue));
  }

  @Override
  public String intent() {
    return "using %s at %s: %s, both new, and removed at the end"
        .formatted(name, Amqp.address(uri), example.place());
  }

  @Override
  public void start() {
    toRemove.set(true);
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "remove-from-broker"));
  }

  private static String reason(IOException e) {
    Throwable said = e.getMessage() == null && e.getCause() != null ? e.getCause() : e;
    return said.getMessage() == null ? said.toString() : said.getMessage();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Example example() {
    return example;
  }

  @Override
  public String lane() {
    return "queue";
  }

  @Override
  public Map<String, String> endpoints() {
    return Map.of("rabbitmq", Amqp.address(uri));
  }

  @Override
  public void close() {
    if (!toRemove.getAndSet(false)) return;
    try {
      example.remove();
    } catch (IOException e) {
      log.error("{} could not be removed: {}; remove it", example.place(), reason(e));
    }
  }
}
