package io.amebobridge.aws;

import io.amebobridge.core.config.ConfigSection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The queue of the bridge's own beside an application's: {@code sources.<name>.shadow}. Immutable.
 *
 * @param place in the config, for messages
 * @param original the application's queue
 * @param queue the shadow, by name
 * @param dropped gets what SNS can't deliver to it, by name; null: no such queue
 * @param create the consent to create what is missing
 * @param retention of messages that wait in it
 * @param kmsKey that encrypts it; null: SQS's own
 * @param continueAfterLoss go on, after saying so, where copies are missing
 * @param watchInterval how often the queue's policy and the subscriptions are looked at
 */
record ShadowSettings(
    String place,
    QueueName original,
    String queue,
    @Nullable String dropped,
    List<ShadowTopic> topics,
    boolean create,
    Duration retention,
    @Nullable String kmsKey,
    boolean continueAfterLoss,
    Duration watchInterval) {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo");

  private static final String FIFO = ".fifo";

  ShadowSettings {
    topics = List.copyOf(topics);
  }

  /** Reads it; what is wrong becomes problems there. */
  static ShadowSettings read(String source, QueueName original, ConfigSection section) {
    List<ShadowTopic> topics = topics(section);
    boolean fifo = topics.stream().anyMatch(ShadowTopic::isFifo);
    String queue = section.text("queue").orElse(usualName(source, original.name(), fifo));
    String dropped = section.text("dropped").orElse(base(queue) + "-dropped" + (fifo ? FIFO : ""));
    ShadowSettings settings =
        new ShadowSettings(
            section.path(),
            original,
            queue,
            dropped.equals("none") ? null : dropped,
            topics,
            section.flag("create", false),
            section.duration(
                "retention", Duration.ofDays(14), Duration.ofMinutes(1), Duration.ofDays(14)),
            section.text("kmsKey").orElse(null),
            section.oneOf("lostMessages", List.of("stop", "continue"), "stop").equals("continue"),
            section.duration(
                "watchInterval",
                Duration.ofMinutes(1),
                Duration.ofMillis(100),
                Duration.ofHours(1)));
    settings.check(section, fifo);
    section.refuseUnknown();
    return settings;
  }

  private static String usualName(String source, String original, boolean fifo) {
    return "amebo-bridge-" + source + "-" + base(original) + (fifo ? FIFO : "");
  }

  private static String base(String queue) {
    return queue.endsWith(FIFO) ? queue.substring(0, queue.length() - FIFO.length()) : queue;
  }

  /** One, with its keys beside the others, or several. */
  private static List<ShadowTopic> topics(ConfigSection section) {
    List<ShadowTopic> topics = new ArrayList<>();
    if (!section.has("topics")) {
      topics.add(ShadowTopic.read(section));
      return topics;
    }
    if (section.has("topic") || section.has("filterPolicy")) {
      section.problem("topics", "stands beside topic or filterPolicy; put them into topics");
    }
    for (ConfigSection each : section.sections("topics")) {
      topics.add(ShadowTopic.read(each));
      each.refuseUnknown();
    }
    if (topics.isEmpty()) section.problem("topics", "is empty, allowed: [{topic: arn:aws:sns:…}]");
    return topics;
  }

  private void check(ConfigSection section, boolean fifo) {
    if (queue.equals(original.name())) {
      section.problem(
          "queue", "is the application's own queue; name another, or use read: takeover");
    }
    checkName(section, "queue", queue, fifo);
    if (dropped != null) checkName(section, "dropped", dropped, fifo);
    if (queue.equals(dropped) || original.name().equals(dropped)) {
      section.problem("dropped", "is another queue's name; allowed: one of its own, or none");
    }
    if (topics.stream().anyMatch(t -> t.isFifo() != fifo)) {
      section.problem("topics", "are FIFO and others; use a source for each kind");
    }
    if (new HashSet<>(arns()).size() < topics.size()) {
      section.problem("topics", "names a topic twice");
    }
    if ("alias/aws/sqs".equals(kmsKey)) {
      section.problem(
          "kmsKey", "is AWS's own key, which SNS may not use; name one of yours, or remove it");
    }
  }

  private static void checkName(ConfigSection section, String key, String name, boolean fifo) {
    if (NAME.matcher(name).matches() && name.endsWith(FIFO) == fifo) return;
    section.problem(
        key,
        "got "
            + name
            + ", allowed: up to 80 letters, digits, - and _"
            + (fifo ? ", with .fifo at the end, as the topic is one" : ""));
  }

  /** The shadow, where the application's queue is. */
  QueueName name() {
    return beside(queue);
  }

  /** A queue of the bridge's own, where the application's is. */
  QueueName beside(String name) {
    return new QueueName(name, original.account(), original.region(), null);
  }

  List<String> arns() {
    return topics.stream().map(ShadowTopic::arn).toList();
  }

  /**
   * Why a message in the shadow is none of the topics'; null: it is. Without SNS's envelope its
   * identity would be another than in the application's queue.
   */
  @Nullable String strange(@Nullable SnsEnvelope envelope) {
    if (envelope == null) {
      return "it came into queue "
          + queue
          + " without SNS's envelope: its subscription has raw delivery, or somebody else sent it";
    }
    if (arns().contains(envelope.topicArn())) return null;
    return "it came into queue %s by topic %s, which %s does not name"
        .formatted(queue, envelope.topicArn(), place);
  }

  boolean isFifo() {
    return queue.endsWith(FIFO);
  }

  @Override
  public String toString() {
    return queue + " beside " + original;
  }
}
