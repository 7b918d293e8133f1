package io.amebobridge.aws;

import io.amebobridge.core.Connector;
import io.amebobridge.core.Inventory;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Selector;
import io.amebobridge.core.SourceException;
import io.amebobridge.core.config.ConfigSection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes what SNS posts to an HTTP endpoint of the bridge. Thread-safe. In {@code sources.<name>}:
 *
 * <ul>
 *   <li>{@code sns}: region and credentials as in {@code sqs}, of use to {@code amebo check} alone,
 *       so {@code sns: {}} will do; {@code endpoint}: of a local server.
 *   <li>{@code topics}, required: ARNs. Nothing of another topic is taken or confirmed.
 *   <li>{@code listen}, required: {@code host:port}. {@code path} ({@code /sns}). {@code tls}:
 *       {@code certificate} and {@code key}, PEM files, where no proxy does that. {@code url}: by
 *       which SNS reaches it, for what {@code check} says.
 *   <li>{@code confirm} (false): whether subscriptions of these topics are confirmed.
 *   <li>{@code signatureVersions} ([1, 2]). {@code maxAge}: older messages are refused.
 *   <li>{@code holdLimit} (12s): how long SNS waits while Amebo does. {@code maxUnsettled} (1000),
 *       {@code maxUnsettledBytes} (32MiB), {@code maxConnections} (1000).
 *   <li>{@code certificate.file}: of a local server, beside {@code sns.endpoint} only: messages
 *       signed for it are taken, and no others.
 * </ul>
 */
public final class SnsConnector implements Connector {
  private static final Pattern LISTEN = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\s]+):(\\d{1,5})");
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~/-]*");
  private static final String TOPICS = "ARNs such as arn:aws:sns:eu-west-1:123456789012:orders";

  /** SNS itself tries for an hour at most. */
  private static final Duration LEAST_AGE = Duration.ofMinutes(65);

  @Override
  public String type() {
    return "sns";
  }

  @Override
  public Set<String> selectors() {
    return Set.of("topic", "topicArn", "subject");
  }

  @Override
  public SourceFactory configure(
      String name, ConfigSection section, List<List<Selector>> selected) {
    ConfigSection sns = section.section("sns");
    AwsAccess access = AwsAccess.read(sns);
    sns.refuseUnknown();
    Map<String, TopicArn> topics = topics(section);
    checkRoutes(section, topics, selected);
    Matcher listen = LISTEN.matcher(section.required("listen", "host:port, such as 0.0.0.0:8085"));
    int port = listen.matches() ? Integer.parseInt(listen.group(2)) : 0;
    if (section.has("listen") && (port < 1 || port > 65_535)) {
      section.problem("listen", "is not an address, allowed: host:port, such as 0.0.0.0:8085");
    }
    String host = port == 0 ? "localhost" : listen.group(1).replaceAll("[\\[\\]]", "");
    String path = section.text("path").orElse("/sns");
    if (!PATH.matcher(path).matches()) {
      section.problem("path", "got " + path + ", allowed: such as /sns");
    }
    SnsSettings settings =
        new SnsSettings(
            name,
            access,
            topics,
            host,
            port,
            path,
            url(section),
            section.flag("confirm", false),
            section.has("maxAge")
                ? section.duration("maxAge", LEAST_AGE, LEAST_AGE, Duration.ofDays(3_650))
                : null,
            section.duration(
                "holdLimit",
                Duration.ofSeconds(12),
                Duration.ofMillis(100),
                Duration.ofMillis(14_500)),
            section.integer("maxUnsettled", 1_000, 1, 1_000_000),
            section.bytes("maxUnsettledBytes", 32L << 20, 1 << 20, 1L << 40),
            section.integer("maxConnections", 1_000, 1, 100_000),
            versions(section),
            certificate(section, access),
            tls(section));
    return new Factory(settings);
  }

  private static Map<String, TopicArn> topics(ConfigSection section) {
    Map<String, TopicArn> topics = new LinkedHashMap<>();
    List<String> given = section.texts("topics");
    if (given.isEmpty()) section.problem("topics", "is missing, allowed: " + TOPICS);
    for (String text : given) {
      TopicArn topic = TopicArn.parse(text);
      if (topic == null) {
        section.problem("topics", "got " + text + ", allowed: " + TOPICS);
      } else if (topic.name().endsWith(".fifo")) {
        section.problem(
            "topics", "got " + text + ": SNS posts no FIFO topic; read it from a queue (sqs)");
      } else if (topics.put(text, topic) != null) {
        section.problem("topics", "names " + text + " twice");
      }
    }
    return topics;
  }

  private static void checkRoutes(
      ConfigSection section, Map<String, TopicArn> topics, List<List<Selector>> selected) {
    for (List<Selector> route : selected) {
      for (Selector s : route) {
        if (s.variable().equals("subject")) continue;
        boolean known =
            topics.values().stream()
                .anyMatch(t -> s.matches(Map.of("topic", t.name(), "topicArn", t.toString())));
        if (!known && !topics.isEmpty()) {
          section.problem(
              "a route reads %s %s, which is not among %s"
                  .formatted(s.variable(), s.text(), topics.keySet()));
        }
      }
    }
  }

  private static List<String> versions(ConfigSection section) {
    List<String> versions = section.texts("signatureVersions");
    if (!section.has("signatureVersions")) return List.of("1", "2");
    if (versions.isEmpty() || !List.of("1", "2").containsAll(versions)) {
      section.problem("signatureVersions", "got " + versions + ", allowed: 1, 2, or both");
    }
    return versions;
  }

  private static @Nullable URI url(ConfigSection section) {
    String text = section.text("url").orElse(null);
    if (text == null) return null;
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null) return uri;
    } catch (URISyntaxException e) {
      // said below
    }
    // without the text: SNS allows a password in it
    section.problem("url", "is not such as https://hooks.example.com/sns");
    return null;
  }

  /** Two things must be said of a local server, and none can be said of SNS itself. */
  private static @Nullable Path certificate(ConfigSection section, AwsAccess access) {
    if (!section.has("certificate")) return null;
    ConfigSection certificate = section.section("certificate");
    Path file = certificate.file("file").orElse(null);
    if (file == null) certificate.problem("file", "is missing, allowed: a PEM file");
    certificate.refuseUnknown();
    URI endpoint = access.endpoint();
    if (endpoint == null || endpoint.getHost().matches("(?i).*\\.amazonaws\\.com(\\.cn)?\\.?")) {
      section.problem(
          "certificate",
          "is for a local server, which must be named as sns.endpoint; SNS's own certificates are"
              + " fetched from SNS. Remove it");
    }
    return file;
  }

  private static SnsSettings.@Nullable Tls tls(ConfigSection section) {
    if (!section.has("tls")) return null;
    ConfigSection tls = section.section("tls");
    Path certificate = tls.file("certificate").orElse(null);
    Path key = tls.file("key").orElse(null);
    if (certificate == null) tls.problem("certificate", "is missing, allowed: a PEM file");
    if (key == null) tls.problem("key", "is missing, allowed: a PEM file");
    tls.refuseUnknown();
    return certificate == null || key == null ? null : new SnsSettings.Tls(certificate, key);
  }

  private record Factory(SnsSettings settings) implements SourceFactory {
    @Override
    public MessageSource create() {
      return new SnsSource(settings);
    }

    @Override
    public Inspection inspect(int samples) throws SourceException, InterruptedException {
      return new SnsInspect(settings).look(samples);
    }

    @Override
    public Optional<Inventory> inventory() throws SourceException, InterruptedException {
      return Optional.of(ReadAwsInventory.inventory(settings.access()));
    }
  }
}
