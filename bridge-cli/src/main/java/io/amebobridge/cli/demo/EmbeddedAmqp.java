package io.amebobridge.cli.demo;

import io.amebobridge.brokers.QpidProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Stands in for RabbitMQ where none is installed, and says so. */
final class EmbeddedAmqp implements DemoBroker {
  private final QpidProcess broker;
  private String name = "an embedded AMQP broker";

  EmbeddedAmqp(Path directory, String brokerLib) throws IOException {
    broker = QpidProcess.in(directory.resolve("amqp"), brokerLib + "/*");
  }

  @Override
  public String intent() {
    return "no RabbitMQ is installed here (apt-get install rabbitmq-server); in its place, starting"
        + " an embedded AMQP 0-9-1 broker, which is not RabbitMQ";
  }

  @Override
  public void start() throws IOException, InterruptedException {
    broker.start();
    name = Amqp.product(broker.uri()) + ", embedded: not RabbitMQ";
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Example example() {
    return new OrderMessages(
        broker.uri(), "order", List.of(new OrderMessages.Queue("analytics", Map.of())));
  }

  @Override
  public String lane() {
    return "queue";
  }

  @Override
  public Map<String, String> endpoints() {
    return Map.of("amqp", broker.uri());
  }

  @Override
  public void close() {
    broker.close();
  }
}
