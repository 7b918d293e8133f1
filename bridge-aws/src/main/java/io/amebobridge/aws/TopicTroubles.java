package io.amebobridge.aws;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps topics from being read, and what was refused: the first of a kind is logged, then the
 * tenth, the hundredth and so on, since anybody may post anything, and post it again. None of it
 * says that this bridge can't read: a balancer that took it away for that would keep away what ends
 * the trouble. Thread-safe.
 */
final class TopicTroubles {
  private static final Logger LOG = LoggerFactory.getLogger(TopicTroubles.class);

  /** Reasons name topics and certificates, of which somebody may have many. */
  private static final int MOST_REASONS = 100;

  private static final String OTHERS = "others";

  private final String source;
  private final Map<String, Trouble> byTopic = new TreeMap<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Long> foreign = new TreeMap<>(); // apart: anybody can make topics

  private record Trouble(String why, boolean said) {}

  TopicTroubles(String source) {
    this.source = source;
  }

  /** SNS itself has said so; until a message of the topic comes. */
  synchronized void of(TopicArn topic, String why) {
    Trouble before = byTopic.get(topic.toString());
    if (before != null && why.equals(before.why())) return;
    long count = counted(counts, topic + ": " + why);
    boolean say = isToBeSaid(count);
    byTopic.put(topic.toString(), new Trouble(why, say));
    if (say) LOG.error("{}: topic {}: {} ({} times)", source, topic, why, count);
    else LOG.debug("{}: topic {}: {} ({} times)", source, topic, why, count);
  }

  synchronized void over(TopicArn topic) {
    if (byTopic.isEmpty()) return;
    Trouble was = byTopic.remove(topic.toString());
    if (was == null) return;
    if (was.said()) LOG.info("{}: topic {} is read again; before: {}", source, topic, was.why());
    else LOG.debug("{}: topic {} is read again; before: {}", source, topic, was.why());
  }

  /** Null: none. */
  synchronized @Nullable String why(TopicArn topic) {
    Trouble now = byTopic.get(topic.toString());
    return now == null ? null : now.why();
  }

  /** SNS has signed a message of a topic that is not in the config. */
  synchronized void foreign(TopicArn topic) {
    long count = counted(foreign, topic.toString());
    if (!isToBeSaid(count)) return;
    LOG.error(
        "{}: SNS has signed a message of topic {}, which is not in topics; add it, or end its"
            + " subscription ({} times)",
        source,
        topic,
        count);
  }

  /** Something was not taken. */
  synchronized void refused(RefusedPost refused) {
    String why = String.valueOf(refused.getMessage());
    long count = counted(counts, why);
    String text = "{}: a post was answered with {}: {} ({} times)";
    if (!isToBeSaid(count)) LOG.debug(text, source, refused.status(), why, count);
    else if (refused.isToBeMended()) LOG.error(text, source, refused.status(), why, count);
    else LOG.warn(text, source, refused.status(), why, count);
  }

  /** Once there are too many kinds, the new ones are counted as one. */
  private static long counted(Map<String, Long> counts, String why) {
    boolean kept = counts.containsKey(why) || counts.size() < MOST_REASONS;
    return counts.merge(kept ? why : OTHERS, 1L, Long::sum);
  }

  private static boolean isToBeSaid(long count) {
    return count == (long) Math.pow(10, String.valueOf(count).length() - 1);
  }
}
