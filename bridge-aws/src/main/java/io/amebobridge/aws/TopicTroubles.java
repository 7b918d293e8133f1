package io.amebobridge.aws;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps topics from being read, and what was refused: the first of a kind as a warning, then
 * each tenth, hundredth and so on, since anybody may post anything. Thread-safe.
 */
final class TopicTroubles {
  private static final Logger LOG = LoggerFactory.getLogger(TopicTroubles.class);

  private final String source;
  private final Map<String, String> byTopic = new TreeMap<>();
  private final Map<String, Long> refusals = new TreeMap<>();

  TopicTroubles(String source) {
    this.source = source;
  }

  /** Until a message of the topic comes. */
  synchronized void of(TopicArn topic, String why) {
    String before = byTopic.put(topic.toString(), why);
    if (why.equals(before)) LOG.debug("{}: topic {}: {}", source, topic, why);
    else LOG.error("{}: topic {}: {}", source, topic, why);
  }

  synchronized void over(TopicArn topic) {
    if (byTopic.isEmpty()) return;
    String was = byTopic.remove(topic.toString());
    if (was != null) LOG.info("{}: topic {} is read again; before: {}", source, topic, was);
  }

  /** Null: none. */
  synchronized @Nullable String any() {
    for (Map.Entry<String, String> e : byTopic.entrySet()) {
      return "topic " + e.getKey() + ": " + e.getValue();
    }
    return null;
  }

  /**
   * Something was not taken.
   *
   * @param why a text of ours, of which there are few
   */
  synchronized void refused(int status, String why) {
    if (refusals.size() > 100) refusals.clear(); // reasons name addresses and errors
    long count = refusals.merge(why, 1L, Long::sum);
    long digits = (long) Math.pow(10, String.valueOf(count).length() - 1);
    if (count == digits) {
      LOG.warn("{}: a post was answered with {}: {} ({} times)", source, status, why, count);
    } else {
      LOG.debug("{}: a post was answered with {}: {} ({} times)", source, status, why, count);
    }
  }
}
