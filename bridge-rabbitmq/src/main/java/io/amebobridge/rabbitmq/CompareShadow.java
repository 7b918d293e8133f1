package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Where a shadow would hold something else than the application's queue. For one use. */
final class CompareShadow {
  private final RabbitSettings settings;
  private final ShadowSettings shadow;
  private final Management management;
  private final List<String> warnings;

  CompareShadow(
      RabbitSettings settings,
      ShadowSettings shadow,
      Management management,
      List<String> warnings) {
    this.settings = settings;
    this.shadow = shadow;
    this.management = management;
    this.warnings = warnings;
  }

  void compare() throws SourceException, InterruptedException {
    String host = Management.part(settings.virtualHost());
    Optional<JsonNode> original =
        management.find("/api/queues/" + host + "/" + Management.part(shadow.original()));
    if (original.isEmpty()) return; // said already
    bindings(ShadowBindings.of(management, settings, shadow.original()));
    limits(original.get());
    warnings.add(
        "what is published to queue "
            + shadow.original()
            + " by its name, through the default exchange, is not copied: nothing else can be bound"
            + " to that");
  }

  private void bindings(List<ShadowBinding> original) throws SourceException, InterruptedException {
    String name = shadow.original();
    for (ShadowBinding b : original) {
      if (ShadowBindings.has(shadow.bindings(), b)) continue;
      warnings.add(
          "queue " + name + " is bound to " + b + ", and the shadow is not: these are not copied");
    }
    for (ShadowBinding b : shadow.bindings()) {
      if (ShadowBindings.has(original, b)) continue;
      String alternate = alternate(b.exchange());
      warnings.add(
          "the shadow is bound to "
              + b
              + ", and queue "
              + name
              + " is not: it gets more; and what no other queue takes is now routed: a publisher"
              + " that says mandatory does not get it back"
              + (alternate == null ? "" : ", and alternate exchange " + alternate + " not either"));
    }
  }

  /** Where an exchange sends what it can't route; null: nowhere, or it can't be seen. */
  private @Nullable String alternate(String exchange) throws SourceException, InterruptedException {
    String host = Management.part(settings.virtualHost());
    JsonNode found =
        management.find("/api/exchanges/" + host + "/" + Management.part(exchange)).orElse(null);
    if (found == null) return null;
    String own = ReadInventory.text(found.path("arguments"), "alternate-exchange");
    if (!own.isEmpty()) return own;
    String policy = ReadInventory.text(found, "policy");
    if (policy.isEmpty()) return null;
    try {
      String path = "/api/policies/" + host + "/" + Management.part(policy);
      JsonNode definition = management.get(path).path("definition");
      String theirs = ReadInventory.text(definition, "alternate-exchange");
      return theirs.isEmpty() ? null : theirs;
    } catch (SourceException mayNotSee) {
      return "of policy " + policy + ", if it names one,";
    }
  }

  private void limits(JsonNode queue) {
    Map<String, @Nullable Object> arguments = ReadInventory.map(queue.path("arguments"));
    InForce f =
        InForce.of(
            ReadInventory.type(queue, arguments),
            arguments,
            ReadInventory.map(queue.path("effective_policy_definition")));
    List<String> differs = new ArrayList<>();
    if (f.messageTtlMillis() != null) differs.add("expires messages (message-ttl)");
    if (f.maxLength() != null || f.maxLengthBytes() != null) {
      boolean refuses = f.overflow() != null && f.overflow().startsWith("reject-publish");
      differs.add(
          refuses
              ? "refuses publishers at its bound ("
                  + f.overflow()
                  + "), while the shadow has a copy"
              : "drops messages at its bound (max-length)");
    }
    if (f.maxPriority() != null) differs.add("orders messages by priority");
    if (f.deliveryLimit() != null) differs.add("drops what fails too often (delivery-limit)");
    if (differs.isEmpty()) return;
    warnings.add(
        "queue "
            + shadow.original()
            + " "
            + String.join(", ", differs)
            + "; the shadow does not, so what is read from it differs");
  }
}
