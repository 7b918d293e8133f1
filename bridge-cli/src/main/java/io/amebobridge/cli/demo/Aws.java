package io.amebobridge.cli.demo;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Where SNS and SQS are stood in for, by servers that take any credentials. Immutable.
 *
 * @param sns where SNS is
 * @param sqs where SQS is
 */
public record Aws(URI sns, URI sqs) {
  static final String REGION = "us-east-1";

  /** Of nobody: such servers don't look. */
  static final String KEY = "demo";

  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** One server for both, such as {@code http://127.0.0.1:4566}. */
  public static Aws at(String endpoint) {
    return new Aws(URI.create(endpoint), URI.create(endpoint));
  }

  SnsClient snsClient() {
    return configured(SnsClient.builder(), sns).build();
  }

  SqsClient sqsClient() {
    return configured(SqsClient.builder(), sqs).build();
  }

  /** What fails is tried again by who knows whether it may be. */
  private static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B configured(
      B builder, URI endpoint) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(REGION))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, KEY)))
        .httpClientBuilder(Apache5HttpClient.builder().socketTimeout(ANSWER))
        .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()));
  }
}
