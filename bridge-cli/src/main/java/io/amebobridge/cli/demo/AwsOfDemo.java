package io.amebobridge.cli.demo;

import io.amebobridge.brokers.ElasticMqProcess;
import io.amebobridge.brokers.LocalSns;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Stands in for AWS's SQS and SNS, and says so. */
final class AwsOfDemo implements DemoBroker {
  /** Long enough for a slow machine, and short enough to wait for it after the kill. */
  static final Duration VISIBILITY = Duration.ofSeconds(5);

  private final ElasticMqProcess sqs;
  private final LocalSns sns;
  private final OrderTopics example;

  AwsOfDemo(Path directory, String brokerLib) throws IOException {
    sqs = ElasticMqProcess.in(directory.resolve("sqs"), brokerLib + "/*");
    sns = LocalSns.start(LocalSns.Delivering.usual(), URI.create(sqs.endpoint()));
    Aws aws = new Aws(URI.create(sns.endpoint()), URI.create(sqs.endpoint()));
    example = new OrderTopics(aws, "", VISIBILITY);
  }

  @Override
  public String intent() {
    return "starting stand-ins for AWS on this machine: ElasticMQ for SQS, and one of our own for"
        + " SNS";
  }

  @Override
  public void start() throws IOException, InterruptedException {
    sqs.start();
  }

  @Override
  public String name() {
    return "ElasticMQ " + sqs.version() + " (SQS) and a stand-in for SNS: not AWS";
  }

  @Override
  public Example example() {
    return example;
  }

  @Override
  public String lane() {
    return "message group";
  }

  @Override
  public Map<String, String> endpoints() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("sqs", sqs.endpoint());
    all.put("sns", sns.endpoint());
    return all;
  }

  @Override
  public void close() {
    sns.close();
    sqs.close();
  }
}
