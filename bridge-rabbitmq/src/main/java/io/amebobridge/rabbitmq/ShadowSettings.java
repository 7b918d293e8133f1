package io.amebobridge.rabbitmq;

import io.amebobridge.core.config.ConfigSection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The queue of the bridge's own beside an application's: {@code sources.<name>.shadow}.
 *
 * @param original the application's queue; its name is in the ids
 * @param queue what is declared
 * @param type classic or quorum
 * @param dropped keeps evidence of copies that were never read; null: no such queue
 * @param continueAfterLoss go on, after saying so, where copies are missing
 * @param watchInterval how often depth and evidence are looked at
 */
record ShadowSettings(
    String original,
    String queue,
    String type,
    long maxLength,
    long maxLengthBytes,
    @Nullable String dropped,
    List<ShadowBinding> bindings,
    boolean continueAfterLoss,
    Duration watchInterval) {
  /** So many dropped copies are counted; of more the queue of evidence keeps the last. */
  static final int EVIDENCE = 100;

  ShadowSettings {
    bindings = List.copyOf(bindings);
  }

  static ShadowSettings read(String source, String original, ConfigSection section) {
    String queue = section.text("queue").orElse("amebo-bridge." + source + "." + original);
    String dropped = section.text("dropped").orElse(queue + ".dropped");
    ShadowSettings settings =
        new ShadowSettings(
            original,
            queue,
            section.oneOf("type", List.of("classic", "quorum"), "classic"),
            section.integer("maxLength", 1_000_000, 1, Integer.MAX_VALUE),
            section.bytes("maxLengthBytes", 1L << 30, 1024, 1L << 50),
            dropped.equals("none") ? null : dropped,
            bindings(section),
            section.oneOf("lostMessages", List.of("stop", "continue"), "stop").equals("continue"),
            section.duration(
                "watchInterval",
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                Duration.ofMinutes(10)));
    settings.names(section);
    section.refuseUnknown();
    return settings;
  }

  private void names(ConfigSection section) {
    if (queue.equals(original)) {
      section.problem(
          "queue", "is the application's own queue; name another, or use read: takeover");
    }
    for (String name : new String[] {queue, Optional.ofNullable(dropped).orElse("x")}) {
      if (name.isBlank() || name.startsWith("amq.")) {
        section.problem("queue", "got " + name + ", allowed: a name that does not begin with amq.");
      }
    }
    if (queue.equals(dropped) || original.equals(dropped)) {
      section.problem("dropped", "is another queue's name; allowed: one of its own, or none");
    }
  }

  private static List<ShadowBinding> bindings(ConfigSection section) {
    List<ShadowBinding> bindings =
        section.sections("bindings").stream().map(ShadowBinding::read).toList();
    if (bindings.isEmpty()) {
      section.problem(
          "bindings",
          "is missing, allowed: those of the application's queue, such as"
              + " [{exchange: orders, routingKey: \"order.*\"}]; amebo inventory shows them");
    }
    if (new LinkedHashSet<>(bindings).size() < bindings.size()) {
      section.problem("bindings", "has a binding twice");
    }
    return bindings;
  }

  /** Of the shadow queue. */
  Map<String, Object> arguments() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("x-queue-type", type);
    arguments.put("x-max-length", maxLength);
    arguments.put("x-max-length-bytes", maxLengthBytes);
    arguments.put("x-overflow", "drop-head"); // anything else would refuse publishers
    if (type.equals("classic")) arguments.put("x-queue-mode", "lazy"); // on disk, not in memory
    if (dropped != null) {
      arguments.put("x-dead-letter-exchange", "");
      arguments.put("x-dead-letter-routing-key", dropped);
    }
    return arguments;
  }

  /** Of the queue of evidence. */
  Map<String, Object> droppedArguments() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("x-queue-type", type);
    arguments.put("x-max-length", (long) EVIDENCE);
    arguments.put("x-overflow", "drop-head");
    return arguments;
  }
}
