package io.amebobridge.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The broker of a demo, with the example that is played on it. Not thread-safe. */
public interface DemoBroker extends AutoCloseable {
  /** How a demo comes by its broker. */
  interface Opening {
    /** Starts no process yet. */
    DemoBroker in(Path directory) throws IOException;
  }

  /** Kafka, in a process of its own; this directory has its server. */
  static Opening kafka(String brokerLib) {
    return directory -> new KafkaOfDemo(directory, brokerLib);
  }

  /** RabbitMQ, in a process of its own, from the programs that are installed. */
  static Opening rabbitmq() {
    return RabbitOfDemo::new;
  }

  /** An AMQP broker that stands in for RabbitMQ; this directory has it. */
  static Opening embeddedAmqp(String brokerLib) {
    return directory -> new EmbeddedAmqp(directory, brokerLib);
  }

  /** A broker of the user's, in which everything has a name of its own and goes at the end. */
  static Opening rabbitmqAt(String uri) {
    return directory -> new GivenRabbit(uri);
  }

  /** SQS and SNS, both stood in for on this machine; this directory has the former. */
  static Opening aws(String brokerLib) {
    return directory -> new AwsOfDemo(directory, brokerLib);
  }

  /** A server of SNS and SQS of the user's, in which everything has a name of its own. */
  static Opening awsAt(String endpoint) {
    return directory -> new GivenAws(endpoint);
  }

  /** What is wrong with the address of a user's broker, without it; null: nothing. */
  static @Nullable String problem(String uri) {
    return Amqp.problem(uri);
  }

  /** What is wrong with the endpoint of SNS and SQS; null: nothing. */
  static @Nullable String problemOfAws(String endpoint) {
    return GivenAws.problem(endpoint);
  }

  /** For people: what is about to be started, or used. */
  String intent();

  /** Starts it; returns when clients can work. */
  void start() throws IOException, InterruptedException;

  /** What it is, for the verdict: known once it has started. */
  String name();

  Example example();

  /** What keeps its order there: a partition, a queue, a message group. */
  String lane();

  /** Where it answers, by name, without any password that is not the demo's own. */
  Map<String, String> endpoints();

  /** Leaves nothing behind but files of the demo's directory. A second time does nothing. */
  @Override
  void close();
}
