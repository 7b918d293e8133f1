package io.amebobridge.kafka;

import io.amebobridge.core.config.ConfigSection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's own options: which are passed on, which are refused, which the bridge sets. */
final class ClientOptions {
  private static final String SETTLED = "the bridge commits what is settled, and only that";
  private static final String RAW = "the bridge reads raw bytes; the route decodes them";
  private static final String ASSIGNOR =
      "the bridge needs incremental cooperative assignment, which it sets itself";

  /** What would break a guarantee, with the reason. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("enable.auto.commit", SETTLED),
          Map.entry("auto.commit.interval.ms", SETTLED + "; see commitInterval beside kafka"),
          Map.entry("auto.offset.reset", "it skips messages silently; see start beside kafka"),
          Map.entry("key.deserializer", RAW),
          Map.entry("value.deserializer", RAW),
          Map.entry("interceptor.classes", "an interceptor can drop messages silently"),
          Map.entry("allow.auto.create.topics", "the bridge creates nothing on the broker"),
          Map.entry("partition.assignment.strategy", ASSIGNOR),
          Map.entry("group.protocol", ASSIGNOR + " (the classic protocol)"),
          Map.entry("group.remote.assignor", ASSIGNOR));

  private ClientOptions() {}

  /** Reads {@code sources.<name>.kafka}. */
  static Map<String, String> read(ConfigSection section) {
    Map<String, String> options = new LinkedHashMap<>(section.options());
    for (String name : Set.copyOf(options.keySet())) {
      String refused = REFUSED.get(name);
      if (refused != null) section.problem(name, "is not allowed: " + refused);
      else if (!isKnown(name, options)) section.problem(name, unknown(name));
      else continue;
      options.remove(name);
    }
    for (ConfigValue value : ConsumerConfig.configDef().validate(options)) {
      if (options.containsKey(value.name()) && !value.errorMessages().isEmpty()) {
        section.problem(value.name(), String.join("; ", value.errorMessages()));
        options.remove(value.name());
      }
    }
    section.required("bootstrap.servers", "host:port, several separated by commas");
    section.required("group.id", "the consumer group of this bridge, one that nobody else uses");
    return options;
  }

  private static String unknown(String name) {
    return "Kafka's consumer has no option " + name + ", see kafka.apache.org/documentation";
  }

  /** Plug-ins bring options of their own, which nobody else can know. */
  private static boolean isKnown(String name, Map<String, String> options) {
    return ConsumerConfig.configNames().contains(name)
        || AdminClientConfig.configNames().contains(name)
        || options.keySet().stream().anyMatch(ClientOptions::isPlugIn);
  }

  private static boolean isPlugIn(String name) {
    return name.endsWith(".class")
        || name.endsWith(".classes")
        || name.equals("metric.reporters")
        || name.equals("security.providers");
  }

  /** For the consumer that belongs to the group. */
  static Map<String, Object> forConsumer(KafkaSettings settings) {
    Map<String, Object> options = new HashMap<>();
    options.put("client.id", "amebo-bridge-" + settings.name());
    options.put("max.poll.records", "1000");
    options.put("session.timeout.ms", String.valueOf(KafkaSettings.SESSION_MILLIS));
    // new topics and partitions should not wait for Kafka's five minutes
    options.put("metadata.max.age.ms", "30000");
    // what was aborted was never said: an event of it could not be called back
    options.put("isolation.level", "read_committed");
    options.putAll(settings.client());
    options.put("enable.auto.commit", false);
    options.put("auto.offset.reset", "none");
    options.put("allow.auto.create.topics", false);
    options.put("key.deserializer", ByteArrayDeserializer.class);
    options.put("value.deserializer", ByteArrayDeserializer.class);
    options.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    return options;
  }

  /** For looking without joining a group. */
  static Map<String, Object> forSampling(KafkaSettings settings) {
    Map<String, Object> options = forConsumer(settings);
    options.put("client.id", "amebo-bridge-check-" + settings.name());
    options.keySet().removeAll(Set.of("group.id", "group.instance.id"));
    options.put("default.api.timeout.ms", (int) settings.connectTimeout().toMillis());
    return options;
  }

  /** For the admin client. */
  static Map<String, Object> forAdmin(KafkaSettings settings) {
    Map<String, Object> options = new HashMap<>(settings.client());
    Set<String> admin = AdminClientConfig.configNames();
    options
        .keySet()
        .removeIf(name -> ConsumerConfig.configNames().contains(name) && !admin.contains(name));
    options.put("client.id", "amebo-bridge-admin-" + settings.name());
    options.put("default.api.timeout.ms", (int) settings.connectTimeout().toMillis());
    options.put("request.timeout.ms", (int) Math.min(5_000, settings.connectTimeout().toMillis()));
    return options;
  }
}
