package io.amebobridge.cli;

import io.amebobridge.brokers.FauxqsProcess;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Clients of a test's own, of a server that takes any credentials. */
final class AwsOfTests {
  private static final StaticCredentialsProvider ANYBODY =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

  private AwsOfTests() {}

  static SqsClient sqs(String endpoint) {
    return SqsClient.builder()
        .endpointOverride(URI.create(endpoint))
        .region(Region.of(FauxqsProcess.REGION))
        .credentialsProvider(ANYBODY)
        .build();
  }

  static SnsClient sns(String endpoint) {
    return SnsClient.builder()
        .endpointOverride(URI.create(endpoint))
        .region(Region.of(FauxqsProcess.REGION))
        .credentialsProvider(ANYBODY)
        .build();
  }
}
