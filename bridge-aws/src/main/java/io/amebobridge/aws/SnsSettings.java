package io.amebobridge.aws;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A source that SNS posts to. Immutable.
 *
 * @param topics by their ARNs; nothing of any other is taken
 * @param url what SNS reaches it by, for people; null where it isn't said
 * @param confirm whether subscriptions of these topics are confirmed
 * @param maxAge older messages are refused; null: age is no reason
 * @param holdLimit how long SNS waits for an answer while Amebo does
 * @param maxUnsettled messages at once
 * @param maxUnsettledBytes of their bodies
 * @param signatureVersions that are allowed
 * @param certificate of a local server's signatures; null: SNS's own
 * @param tls null: plain HTTP, behind a proxy
 */
record SnsSettings(
    String name,
    AwsAccess access,
    Map<String, TopicArn> topics,
    String host,
    int port,
    String path,
    @Nullable URI url,
    boolean confirm,
    @Nullable Duration maxAge,
    Duration holdLimit,
    int maxUnsettled,
    long maxUnsettledBytes,
    int maxConnections,
    List<String> signatureVersions,
    @Nullable Path certificate,
    @Nullable Tls tls) {

  /** PEM files. */
  record Tls(Path certificate, Path key) {}

  /** Such as {@code 0.0.0.0:8085}. */
  String listen() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** In the config, such as {@code sources.pushed}. */
  String place() {
    return "sources." + name;
  }

  @Override
  public String toString() {
    return name + " (SNS by HTTP at " + listen() + path + ")";
  }
}
