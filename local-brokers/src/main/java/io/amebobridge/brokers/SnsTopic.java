package io.amebobridge.brokers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One topic of {@link LocalSns}. Thread-safe. */
final class SnsTopic {
  private static final int REMEMBERED = 10_000;

  final String arn;
  final Map<String, String> attributes = new ConcurrentHashMap<>();
  final List<SnsSubscription> subscriptions = new CopyOnWriteArrayList<>();

  /** What was published by its deduplication id; SNS forgets after five minutes. */
  private final Map<String, Published> seen =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Published> eldest) {
          return size() > REMEMBERED;
        }
      };

  private long sequence = 10_000_000_000_000_000L;

  /** What a publisher is told. */
  record Published(String messageId, @Nullable String sequenceNumber) {}

  SnsTopic(String arn) {
    this.arn = arn;
  }

  boolean fifo() {
    return arn.endsWith(".fifo");
  }

  boolean contentBased() {
    return "true".equals(attributes.get("ContentBasedDeduplication"));
  }

  String signatureVersion() {
    return attributes.getOrDefault("SignatureVersion", "1");
  }

  /** The next message, or null where one with this deduplication id was published before. */
  synchronized @Nullable Published next(String messageId, @Nullable String deduplicationId) {
    if (!fifo()) return new Published(messageId, null);
    if (deduplicationId != null && seen.containsKey(deduplicationId)) return null;
    sequence++;
    Published published = new Published(messageId, "%020d".formatted(sequence));
    if (deduplicationId != null) seen.put(deduplicationId, published);
    return published;
  }

  synchronized Published before(String deduplicationId) {
    return java.util.Objects.requireNonNull(seen.get(deduplicationId));
  }
}
