package io.amebobridge.examples;

import io.amebobridge.brokers.ElasticMqProcess;
import io.amebobridge.brokers.LocalSns;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Stand-ins for SNS and SQS, and what the README's commands do there. */
final class LocalAws implements AutoCloseable {
  private static final String KEY = "local";
  private final ElasticMqProcess server;
  private final LocalSns stand;
  final SnsClient sns;
  final SqsClient sqs;

  LocalAws(Path dir) throws Exception {
    server = ElasticMqProcess.in(dir, System.getProperty("java.class.path"));
    server.start();
    stand = LocalSns.start(LocalSns.Delivering.usual(), URI.create(server.endpoint()));
    Region region = Region.of(ElasticMqProcess.REGION);
    var keys = StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, KEY));
    sns =
        SnsClient.builder()
            .endpointOverride(URI.create(stand.endpoint()))
            .region(region)
            .credentialsProvider(keys)
            .build();
    sqs =
        SqsClient.builder()
            .endpointOverride(URI.create(server.endpoint()))
            .region(region)
            .credentialsProvider(keys)
            .build();
  }

  /** For whoever finds AWS by its variables. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_SNS",
        stand.endpoint(),
        "AWS_ENDPOINT_URL_SQS",
        server.endpoint(),
        "AWS_REGION",
        ElasticMqProcess.REGION,
        "AWS_ACCESS_KEY_ID",
        KEY,
        "AWS_SECRET_ACCESS_KEY",
        KEY);
  }

  String topic(String name) {
    return sns.createTopic(t -> t.name(name)).topicArn();
  }

  String queue(String name) {
    return sqs.createQueue(q -> q.queueName(name)).queueUrl();
  }

  /** Returns the subscription's ARN. */
  String subscribe(String topic, String queueUrl, boolean raw) {
    return sns.subscribe(
            s ->
                s.topicArn(topic)
                    .protocol("sqs")
                    .endpoint(attribute(queueUrl, QueueAttributeName.QUEUE_ARN))
                    .attributes(Map.of("RawMessageDelivery", String.valueOf(raw)))
                    .returnSubscriptionArn(true))
        .subscriptionArn();
  }

  /** What waits there and what is in flight. */
  long depth(String queueUrl) {
    return Long.parseLong(attribute(queueUrl, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES))
        + Long.parseLong(
            attribute(queueUrl, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE));
  }

  private String attribute(String queueUrl, QueueAttributeName name) {
    return sqs.getQueueAttributes(q -> q.queueUrl(queueUrl).attributeNames(name))
        .attributes()
        .get(name);
  }

  @Override
  public void close() {
    sns.close();
    sqs.close();
    stand.close();
    server.close();
  }
}
