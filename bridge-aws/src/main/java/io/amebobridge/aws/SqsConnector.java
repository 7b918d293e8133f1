package io.amebobridge.aws;

import io.amebobridge.core.Connector;
import io.amebobridge.core.DeadLetterConnector;
import io.amebobridge.core.Inventory;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Selector;
import io.amebobridge.core.SourceException;
import io.amebobridge.core.config.ConfigSection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads SQS's standard and FIFO queues. Thread-safe. In {@code sources.<name>}:
 *
 * <ul>
 *   <li>{@code sqs}: where AWS is and who we are there: {@code region}, {@code endpoint}, {@code
 *       profile}, {@code accessKeyId} and so on, {@code assumeRole}.
 *   <li>{@code queue} or {@code queues}, required: by name, ARN or URL.
 *   <li>{@code read}, required: {@code takeover} receives from these queues, so that their messages
 *       go to the bridge and to nobody else. {@code shadow} reads an own queue instead, which is
 *       subscribed to {@code shadow.topic} beside the application's queue.
 *   <li>{@code largePayloads}: what to do with payloads that the extended clients put into S3:
 *       {@code buckets} to fetch them from, {@code maxBytes} (64MiB); unless given they are errors.
 *   <li>{@code envelope: auto | never}: whether what SNS wraps around a message is taken off.
 *   <li>{@code receivers} (4): receives under way per queue. {@code waitTime} (20s): of a long
 *       poll. {@code visibility}: how long a message is hidden unless renewed; the queue's own
 *       unless given, but at least 30 s. {@code prefetch} (1000): messages held per queue.
 * </ul>
 *
 * <p>A route that names no action gets the topic's name where the message came by SNS, else the
 * queue's.
 */
public final class SqsConnector implements Connector, DeadLetterConnector {
  private static final String READ =
      "takeover (these queues' messages go to the bridge) or shadow (an own queue beside them gets"
          + " copies)";

  @Override
  public String type() {
    return "sqs";
  }

  @Override
  public Set<String> selectors() {
    return Set.of("queue", "topic", "messageGroupId");
  }

  @Override
  public String defaultAction() {
    return "{{ $exists($topic) ? $topic : $queue }}";
  }

  @Override
  public SourceFactory configure(
      String name, ConfigSection section, List<List<Selector>> selected) {
    AwsAccess access = AwsAccess.read(section.section("sqs"));
    String read = section.required("read", READ);
    if (!read.isEmpty() && !List.of("takeover", "shadow").contains(read)) {
      section.problem("read", "got " + read + ", allowed: " + READ);
    }
    if (!read.equals("shadow") && section.has("shadow")) {
      section.problem("shadow", "is for read: shadow only; remove it");
    }
    return new Factory(settings(name, section, access, selected, read.equals("shadow")));
  }

  @Override
  public CopiesFactory configure(ConfigSection section) {
    return new SqsDeadLetters.Factory(SqsLetterSettings.read(section));
  }

  private static SqsSettings settings(
      String name,
      ConfigSection section,
      AwsAccess access,
      List<List<Selector>> selected,
      boolean ofCopies) {
    List<QueueName> queues = queues(section, access);
    checkRoutes(section, queues, selected);
    ShadowSettings shadow = ofCopies ? shadow(name, section, queues) : null;
    return new SqsSettings(
        name,
        access,
        shadow == null ? queues : List.of(shadow.name()),
        section.oneOf("envelope", List.of("auto", "never"), "auto").equals("auto"),
        section.integer("receivers", 4, 1, 50),
        seconds(section, "waitTime", Duration.ofSeconds(20), Duration.ZERO, Duration.ofSeconds(20)),
        section.has("visibility") ? visibility(section) : null,
        section.integer("prefetch", 1_000, 10, 100_000),
        SqsSettings.LONGEST,
        LargePayloadSettings.read(section),
        shadow);
  }

  private static @Nullable ShadowSettings shadow(
      String name, ConfigSection section, List<QueueName> queues) {
    if (queues.size() > 1) {
      section.problem("queues", "has several; read: shadow is for one queue a source");
    }
    if (section.text("envelope").orElse("auto").equals("never")) {
      section.problem("envelope", "is never; a shadow's messages have SNS's envelope; remove it");
    }
    section.has("shadow");
    if (queues.isEmpty()) return null;
    return ShadowSettings.read(name, queues.get(0), section.section("shadow"));
  }

  private static Duration visibility(ConfigSection section) {
    Duration usual = Duration.ofSeconds(30);
    return seconds(section, "visibility", usual, Duration.ofSeconds(2), Duration.ofHours(12));
  }

  /** SQS counts in seconds. */
  private static Duration seconds(
      ConfigSection section, String key, Duration usual, Duration least, Duration most) {
    Duration got = section.duration(key, usual, least, most);
    if (got.toMillis() % 1_000 == 0) return got;
    section.problem(key, "got " + got + ", allowed: whole seconds");
    return usual;
  }

  private static List<QueueName> queues(ConfigSection section, AwsAccess access) {
    List<String> texts = new ArrayList<>(section.texts("queues"));
    section.text("queue").ifPresent(texts::add);
    if (section.has("queue") && section.has("queues")) {
      section.problem("queue", "stands beside queues; put all of them into queues");
    }
    if (texts.isEmpty()) {
      section.problem(
          "queue", "is missing, allowed: " + QueueName.ALLOWED + "; for several: queues: [a, b]");
    }
    String key = section.has("queues") ? "queues" : "queue";
    Map<String, QueueName> queues = new LinkedHashMap<>();
    for (String text : texts) {
      QueueName queue = queue(section, key, text, access);
      if (queue != null && queues.put(queue.name(), queue) != null) {
        section.problem(key, "names queue " + queue + " twice; one source reads a name once");
      }
    }
    return List.copyOf(queues.values());
  }

  private static @Nullable QueueName queue(
      ConfigSection section, String key, String text, AwsAccess access) {
    try {
      QueueName queue = QueueName.parse(text);
      String region = access.region();
      if (region != null && queue.region() != null && !region.equals(queue.region())) {
        section.problem(
            key,
            "got %s, which is in %s, but %s.region is %s; make them the same, with a source for each region"
                .formatted(text, queue.region(), access.place(), region));
      }
      return queue;
    } catch (IllegalArgumentException e) {
      section.problem(key, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static void checkRoutes(
      ConfigSection section, List<QueueName> queues, List<List<Selector>> selected) {
    for (List<Selector> route : selected) {
      for (Selector s : route) {
        boolean known = queues.stream().anyMatch(q -> s.matches(Map.of("queue", q.name())));
        if (!s.variable().equals("queue") || known || queues.isEmpty()) continue;
        section.problem("a route reads queue " + s.text() + ", which is not among " + queues);
      }
    }
  }

  record Factory(SqsSettings settings) implements SourceFactory {
    @Override
    public MessageSource create() {
      return new SqsSource(settings);
    }

    @Override
    public Inspection inspect(int samples) throws SourceException, InterruptedException {
      return new SqsInspect(settings).look(samples);
    }

    @Override
    public Optional<Inventory> inventory() throws SourceException, InterruptedException {
      return Optional.of(ReadAwsInventory.inventory(settings.access()));
    }
  }
}
