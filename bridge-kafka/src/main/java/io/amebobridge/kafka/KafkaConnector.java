package io.amebobridge.kafka;

import io.amebobridge.core.Connector;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Selector;
import io.amebobridge.core.SourceException;
import io.amebobridge.core.config.ConfigSection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads Kafka topics. Thread-safe. In {@code sources.<name>}:
 *
 * <ul>
 *   <li>{@code kafka}: the client's own options by their own names; {@code bootstrap.servers} and
 *       {@code group.id} are required. Those that would break a guarantee are refused.
 *   <li>{@code start}, required: {@code earliest}, {@code latest}, {@code group:<id>}, {@code
 *       group:<id> else earliest} or {@code time:<ISO instant>}. Applies on the first start only,
 *       when it is committed at once; partitions and topics that appear later are read from their
 *       beginning.
 *   <li>{@code lostOffsets: stop | continue}: what to do where messages are gone that were not read
 *       (retention, a topic deleted and made again, a broker that lost its log). {@code stop} is
 *       the default; {@code continue} says how many and goes on.
 *   <li>{@code maxUnsettled} (2000): per partition, so that a blocked one does not starve others.
 *   <li>{@code commitInterval} (500ms), {@code connectTimeout} (10s), {@code watchInterval} (5s):
 *       how often ends, topic ids and the broker's presence are looked at.
 * </ul>
 */
public final class KafkaConnector implements Connector {
  @Override
  public String type() {
    return "kafka";
  }

  @Override
  public Set<String> selectors() {
    return Set.of("topic");
  }

  @Override
  public SourceFactory configure(
      String name, ConfigSection section, List<List<Selector>> selected) {
    Map<String, String> client = ClientOptions.read(section.section("kafka"));
    StartPosition start = start(section, client.getOrDefault("group.id", ""));
    boolean continueAfterLoss =
        section.oneOf("lostOffsets", List.of("stop", "continue"), "stop").equals("continue");
    KafkaSettings settings =
        new KafkaSettings(
            name,
            client,
            topics(section, selected),
            start,
            continueAfterLoss,
            section.integer("maxUnsettled", 2_000, 1, 1_000_000),
            section.duration("connectTimeout", Duration.ofSeconds(10)),
            section.duration("commitInterval", Duration.ofMillis(500)),
            section.duration("watchInterval", Duration.ofSeconds(5)));
    return new Factory(settings);
  }

  private static StartPosition start(ConfigSection section, String ownGroup) {
    String text = section.required("start", StartPosition.ALLOWED);
    if (text.isEmpty()) return new StartPosition.Earliest();
    try {
      StartPosition start = StartPosition.parse(text);
      if (start instanceof StartPosition.Group group && group.id().equals(ownGroup)) {
        section.problem("start", "is the bridge's own group; name the one to start from");
      }
      return start;
    } catch (IllegalArgumentException e) {
      section.problem("start", String.valueOf(e.getMessage()));
      return new StartPosition.Earliest();
    }
  }

  private static TopicSelection topics(ConfigSection section, List<List<Selector>> selected) {
    List<Selector> topics = new ArrayList<>();
    for (List<Selector> route : selected) {
      List<Selector> ofRoute = route.stream().filter(s -> s.variable().equals("topic")).toList();
      if (ofRoute.isEmpty()) {
        section.problem(
            "a route reads from this source without a topic; add from.topic, /.*/ for all");
      }
      topics.addAll(ofRoute);
    }
    return new TopicSelection(topics);
  }

  private record Factory(KafkaSettings settings) implements SourceFactory {
    @Override
    public MessageSource create() {
      return new KafkaSource(settings);
    }

    @Override
    public Inspection inspect(int samples) throws SourceException, InterruptedException {
      return new Inspect(settings).look(samples);
    }
  }
}
