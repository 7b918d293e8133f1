package io.amebobridge.kafka;

import io.amebobridge.core.Selector;
import io.amebobridge.core.SourceException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pins the start position on the first start: computes it for every partition there is, and commits
 * it before the first message is read, so that neither a crash nor a second instance computes it
 * again and skips what came meanwhile.
 *
 * <p>The start applies to a selector (a topic's name or a pattern) for whose topics the group has
 * no committed offset at all. Where it has some, a partition without one appeared later, and is
 * read from its beginning.
 */
final class FirstStart {
  private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

  private final KafkaSettings settings;
  private final KafkaAdmin admin;
  private final Topics topics;

  FirstStart(KafkaSettings settings, KafkaAdmin admin, Topics topics) {
    this.settings = settings;
    this.admin = admin;
    this.topics = topics;
  }

  /**
   * Computes and commits.
   *
   * @return what could not be committed yet, because the group has members that know nothing of
   *     these topics; whoever is assigned them starts there and commits it
   */
  Map<TopicPartition, OffsetAndMetadata> pin() throws SourceException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> start = positions();
    if (start.isEmpty()) return Map.of();
    try {
      admin.get(admin.commit(settings.group(), start), "to commit the start position");
    } catch (SourceException e) {
      if (!isGroupInUse(e)) throw e;
      LOG.info("{}: the group has members, the start is committed on assignment", settings.name());
      return start;
    }
    LOG.info("{}: first start at {}: {}", settings.name(), settings.start(), describe(start));
    return Map.of();
  }

  /** Where the partitions start that have not been read before; empty on a later start. */
  Map<TopicPartition, OffsetAndMetadata> positions() throws SourceException, InterruptedException {
    Set<TopicPartition> committed =
        admin.get(admin.committed(settings.group()), "to read the group's offsets").keySet();
    Set<TopicPartition> fresh = new LinkedHashSet<>();
    for (Selector selector : settings.topics().selectors()) {
      Set<TopicPartition> partitions = topics.partitions(selector);
      if (partitions.stream().noneMatch(committed::contains)) fresh.addAll(partitions);
    }
    fresh.removeAll(committed);
    if (fresh.isEmpty()) return Map.of();
    Map<TopicPartition, OffsetAndMetadata> start = new LinkedHashMap<>();
    compute(fresh)
        .forEach(
            (p, o) ->
                start.put(p, TopicIdentity.mark(o.offset(), o.leaderEpoch(), topicId(p.topic()))));
    return start;
  }

  private Uuid topicId(String topic) {
    return topics.byName().get(topic).topicId();
  }

  private Map<TopicPartition, OffsetAndMetadata> compute(Set<TopicPartition> partitions)
      throws SourceException, InterruptedException {
    StartPosition start = settings.start();
    if (start instanceof StartPosition.Earliest) return offsets(partitions, OffsetSpec.earliest());
    if (start instanceof StartPosition.Latest) return offsets(partitions, OffsetSpec.latest());
    if (start instanceof StartPosition.Group group) return ofGroup(partitions, group);
    StartPosition.Time time = (StartPosition.Time) start;
    Map<TopicPartition, OffsetAndMetadata> found =
        offsets(partitions, OffsetSpec.forTimestamp(time.at().toEpochMilli()));
    // nothing that new is there yet: whatever comes is newer
    Map<TopicPartition, OffsetAndMetadata> ends = offsets(partitions, OffsetSpec.latest());
    ends.putAll(found);
    return ends;
  }

  private Map<TopicPartition, OffsetAndMetadata> ofGroup(
      Set<TopicPartition> partitions, StartPosition.Group group)
      throws SourceException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> other =
        admin.get(admin.committed(group.id()), "to read the offsets of group " + group.id());
    Map<TopicPartition, OffsetAndMetadata> first = offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, OffsetAndMetadata> ends = offsets(partitions, OffsetSpec.latest());
    Set<String> without = new TreeSet<>();
    Map<TopicPartition, OffsetAndMetadata> start = new HashMap<>();
    for (TopicPartition p : partitions) {
      OffsetAndMetadata theirs = other.get(p);
      boolean everWritten = ends.containsKey(p) && ends.get(p).offset() > 0;
      if (theirs == null && everWritten && !group.elseEarliest()) without.add(p.toString());
      else if (theirs != null) start.put(p, theirs);
      else if (first.containsKey(p)) start.put(p, first.get(p));
    }
    if (without.isEmpty()) return start;
    throw SourceException.permanent(
        "%s.start: group %s has no committed offset for %s; commit one with that group, or say start: group:%s else earliest"
            .formatted(settings.place(), group.id(), without, group.id()),
        null);
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(
      Set<TopicPartition> partitions, OffsetSpec spec)
      throws SourceException, InterruptedException {
    IsolationLevel isolation = settings.isolation();
    Map<TopicPartition, ListOffsetsResultInfo> found =
        admin.get(admin.offsets(partitions, spec, isolation), "to read the partitions' offsets");
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    found.forEach(
        (p, info) -> {
          Optional<Integer> none = Optional.empty(); // the epoch of what comes next, not of before
          if (info.offset() >= 0) offsets.put(p, new OffsetAndMetadata(info.offset(), none, ""));
        });
    return offsets;
  }

  private static boolean isGroupInUse(SourceException failure) {
    Throwable cause = failure.getCause();
    return cause instanceof org.apache.kafka.common.errors.UnknownMemberIdException
        || cause instanceof org.apache.kafka.common.errors.GroupNotEmptyException
        || cause instanceof org.apache.kafka.common.errors.RebalanceInProgressException;
  }

  private static String describe(Map<TopicPartition, OffsetAndMetadata> start) {
    if (start.size() > 50) return start.size() + " partitions";
    StringBuilder text = new StringBuilder();
    start.forEach(
        (p, o) -> text.append(text.isEmpty() ? "" : ", ").append(p).append('@').append(o.offset()));
    return text.toString();
  }
}
