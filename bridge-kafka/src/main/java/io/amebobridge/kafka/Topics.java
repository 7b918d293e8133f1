package io.amebobridge.kafka;

import io.amebobridge.core.Selector;
import io.amebobridge.core.SourceException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** The selected topics as the broker has them. */
record Topics(Map<String, TopicDescription> byName) {
  /** Asks the broker; a topic asked for by name that is not there is an error. */
  static Topics find(KafkaSettings settings, KafkaAdmin admin)
      throws SourceException, InterruptedException {
    Set<String> wanted = new TreeSet<>(settings.topics().names());
    if (settings.topics().hasPatterns()) {
      wanted.addAll(settings.topics().of(admin.get(admin.topicNames(), "to list the topics")));
    }
    Map<String, TopicDescription> found =
        new TreeMap<>(admin.get(admin.describe(wanted), "to describe the topics " + wanted));
    for (String name : settings.topics().names()) {
      if (found.containsKey(name)) continue;
      throw SourceException.permanent(
          settings.place()
              + ": there is no topic "
              + name
              + " at "
              + settings.bootstrap()
              + "; create it, or correct the route's from.topic (the bridge creates nothing)",
          null);
    }
    return new Topics(found);
  }

  Set<TopicPartition> partitions() {
    Set<TopicPartition> all = new LinkedHashSet<>();
    byName.values().forEach(t -> all.addAll(KafkaAdmin.partitions(t)));
    return all;
  }

  Set<TopicPartition> partitions(Selector selector) {
    Set<TopicPartition> all = new LinkedHashSet<>();
    for (TopicDescription topic : byName.values()) {
      if (TopicSelection.matches(selector, topic.name())) all.addAll(KafkaAdmin.partitions(topic));
    }
    return all;
  }
}
