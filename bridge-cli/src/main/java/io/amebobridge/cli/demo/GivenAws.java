package io.amebobridge.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of the user's that stands in for SNS and SQS, such as LocalStack. What is made there has
 * names that nobody else has, and is removed at the end, also on Ctrl-C.
 */
final class GivenAws implements DemoBroker {
  private static final Logger log = LoggerFactory.getLogger(GivenAws.class);

  private final String endpoint;
  private final OrderTopics example;
  private final AtomicBoolean toRemove = new AtomicBoolean();

  /** Asks nothing yet. */
  GivenAws(String endpoint) {
    this.endpoint = endpoint;
    String own = "-demo-" + UUID.randomUUID().toString().substring(0, 8);
    example = new OrderTopics(Aws.at(endpoint), own, AwsOfDemo.VISIBILITY);
  }

  /** What is wrong with this address; null: nothing. */
  static @Nullable String problem(String endpoint) {
    try {
      URI uri = new URI(endpoint);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getRawUserInfo() == null) return null;
      return "is no endpoint";
    } catch (URISyntaxException e) {
      return "is no endpoint: " + e.getReason() + " at character " + (e.getIndex() + 1);
    }
  }

  @Override
  public String intent() {
    return "using SNS and SQS at %s: %s, all new, and removed at the end"
        .formatted(endpoint, example.place());
  }

  @Override
  public void start() {
    toRemove.set(true);
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "remove-from-aws"));
  }

  @Override
  public String name() {
    return "SNS and SQS at " + endpoint;
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
    return Map.of("aws", endpoint);
  }

  @Override
  public void close() {
    if (!toRemove.getAndSet(false)) return;
    try {
      example.remove();
    } catch (IOException e) {
      log.error("{} could not be removed: {}; remove them", example.place(), e.getMessage());
    }
  }
}
