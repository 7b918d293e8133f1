package io.amebobridge.aws;

import io.amebobridge.client.Secret;
import io.amebobridge.core.SourceException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The SDK's clients for one {@link AwsAccess}, over one pool of connections. The SDK does not try
 * again by itself: who calls decides that. Thread-safe once made; closing ends calls under way.
 */
final class AwsClients implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final AwsAccess access;
  private final Duration answerLimit;
  private final Region region;
  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;
  private final Deque<SdkAutoCloseable> open = new ArrayDeque<>();

  /**
   * Connects to nothing yet.
   *
   * @param connections at most, at the same time
   * @param answerLimit of one answer, a long poll's wait included
   * @throws SourceException permanent, where no region or no such profile is found
   */
  AwsClients(AwsAccess access, int connections, Duration answerLimit) throws SourceException {
    this.access = access;
    this.answerLimit = answerLimit;
    region = region(access);
    http =
        closed(
            Apache5HttpClient.builder()
                .maxConnections(connections)
                .connectionTimeout(CONNECT)
                .socketTimeout(answerLimit)
                .build());
    try {
      credentials = credentials();
    } catch (SdkClientException | IllegalStateException e) {
      close();
      throw SourceException.permanent(access.place() + ": " + e.getMessage(), e);
    }
  }

  private static Region region(AwsAccess access) throws SourceException {
    if (access.region() != null) return Region.of(access.region());
    try {
      DefaultAwsRegionProviderChain.Builder chain = DefaultAwsRegionProviderChain.builder();
      if (access.profile() != null) chain.profileName(access.profile());
      return chain.build().getRegion();
    } catch (SdkClientException e) {
      throw SourceException.permanent(
          access.place()
              + ".region is missing, and neither the environment (AWS_REGION), nor the profile, nor"
              + " this instance names one",
          e);
    }
  }

  private AwsCredentialsProvider credentials() {
    AwsCredentialsProvider own = own();
    AwsAccess.Role role = access.role();
    if (role == null) return own;
    StsClient sts = closed(configure(StsClient.builder()).credentialsProvider(own).build());
    Secret external = role.externalId();
    return closed(
        StsAssumeRoleCredentialsProvider.builder()
            .stsClient(sts)
            .refreshRequest(
                r ->
                    r.roleArn(role.arn())
                        .roleSessionName(role.sessionName())
                        .externalId(external == null ? null : external.reveal())
                        .durationSeconds(Math.toIntExact(role.duration().toSeconds())))
            .build());
  }

  private AwsCredentialsProvider own() {
    AwsAccess.Keys keys = access.keys();
    if (keys != null) {
      String id = keys.accessKeyId().reveal();
      String secret = keys.secretAccessKey().reveal();
      Secret token = keys.sessionToken();
      return StaticCredentialsProvider.create(
          token == null
              ? AwsBasicCredentials.create(id, secret)
              : AwsSessionCredentials.create(id, secret, token.reveal()));
    }
    if (access.profile() != null) {
      return closed(ProfileCredentialsProvider.create(access.profile()));
    }
    return closed(DefaultCredentialsProvider.builder().build());
  }

  private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B configure(
      B builder) {
    URI endpoint = access.endpoint();
    if (endpoint != null) builder.endpointOverride(endpoint);
    return builder
        .region(region)
        .httpClient(http)
        .overrideConfiguration(o -> overrides(o, answerLimit));
  }

  private void overrides(ClientOverrideConfiguration.Builder o, Duration limit) {
    if (access.profile() != null) o.defaultProfileName(access.profile());
    o.retryStrategy(DefaultRetryStrategy.doNotRetry()).apiCallAttemptTimeout(limit);
  }

  Region region() {
    return region;
  }

  /** Where it goes to: the endpoint that the config, the environment or the profile names. */
  String address(SqsClient client) {
    return client
        .serviceClientConfiguration()
        .endpointOverride()
        .map(
            uri ->
                uri.getScheme()
                    + "://"
                    + uri.getHost()
                    + (uri.getPort() < 0 ? "" : ":" + uri.getPort()))
        .orElse(access.address());
  }

  SqsClient sqs() {
    return closed(configure(SqsClient.builder()).credentialsProvider(credentials).build());
  }

  /**
   * A client for long polls, with connections of its own: closing it ends what is under way, and
   * nothing else.
   */
  SqsClient polling(int polls, Duration pollLimit) {
    return closed(
        configure(SqsClient.builder())
            .credentialsProvider(credentials)
            .httpClient(null)
            .httpClientBuilder(
                Apache5HttpClient.builder()
                    .maxConnections(polls)
                    .connectionTimeout(CONNECT)
                    .socketTimeout(pollLimit))
            .overrideConfiguration(o -> overrides(o, pollLimit))
            .build());
  }

  SnsClient sns() {
    return closed(configure(SnsClient.builder()).credentialsProvider(credentials).build());
  }

  CloudWatchClient cloudWatch() {
    return closed(configure(CloudWatchClient.builder()).credentialsProvider(credentials).build());
  }

  /** Of the region that a topic is in. */
  SnsClient sns(String topicRegion) {
    return closed(
        configure(SnsClient.builder())
            .region(Region.of(topicRegion))
            .credentialsProvider(credentials)
            .build());
  }

  /** Addresses buckets by path where there is an endpoint, as emulators want it. */
  S3Client s3() {
    S3ClientBuilder builder =
        S3Client.builder()
            .forcePathStyle(access.endpoint() != null)
            .crossRegionAccessEnabled(access.endpoint() == null);
    return closed(configure(builder).credentialsProvider(credentials).build());
  }

  private <T extends SdkAutoCloseable> T closed(T part) {
    synchronized (open) {
      open.push(part);
    }
    return part;
  }

  /** The last made first. */
  @Override
  public void close() {
    synchronized (open) {
      while (!open.isEmpty()) open.pop().close();
    }
  }
}
