package io.amebobridge.cli.demo;

import io.amebobridge.brokers.RabbitProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A RabbitMQ node of the demo's own. */
final class RabbitOfDemo implements DemoBroker {
  private final RabbitProcess node;
  private final String uri;
  private String name = "RabbitMQ";

  RabbitOfDemo(Path directory) throws IOException {
    node = RabbitProcess.in(directory.resolve("rabbitmq"));
    uri = "amqp://guest:guest@" + node.endpoint(); // as every fresh node has it, for this machine
  }

  @Override
  public String intent() {
    return "starting a real RabbitMQ node, which takes some ten seconds";
  }

  @Override
  public void start() throws IOException, InterruptedException {
    node.start();
    name = Amqp.product(uri);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Example example() {
    return new OrderMessages(uri, "order", List.of(new OrderMessages.Queue("analytics", Map.of())));
  }

  @Override
  public String lane() {
    return "queue";
  }

  @Override
  public Map<String, String> endpoints() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("rabbitmq", uri);
    all.put("management", node.management().url());
    return all;
  }

  @Override
  public void close() {
    node.close();
  }
}
