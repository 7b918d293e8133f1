package io.amebobridge.cli.demo;

import io.amebobridge.brokers.KafkaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A Kafka broker of the demo's own. */
final class KafkaOfDemo implements DemoBroker {
  private final KafkaProcess kafka;

  KafkaOfDemo(Path directory, String brokerLib) throws IOException {
    kafka = KafkaProcess.in(directory.resolve("kafka")).classPath(brokerLib + "/*").build();
  }

  @Override
  public String intent() {
    return "starting a real Kafka broker";
  }

  @Override
  public void start() throws IOException, InterruptedException {
    kafka.start();
  }

  @Override
  public String name() {
    return "Kafka";
  }

  @Override
  public Example example() {
    return new UserEvents(kafka.bootstrap());
  }

  @Override
  public String lane() {
    return "partition";
  }

  @Override
  public Map<String, String> endpoints() {
    return Map.of("kafka", kafka.bootstrap());
  }

  @Override
  public void close() {
    kafka.close();
  }
}
