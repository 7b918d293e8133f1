package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import io.amebobridge.rabbitmq.BrokerInventory.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Which policies apply to a shadow queue, and whether it is one under them. */
final class ShadowPolicies {
  private final RabbitSettings settings;
  private final ShadowSettings shadow;
  private final Management management;
  private final List<String> warnings;

  ShadowPolicies(
      RabbitSettings settings,
      ShadowSettings shadow,
      Management management,
      List<String> warnings) {
    this.settings = settings;
    this.shadow = shadow;
    this.management = management;
    this.warnings = warnings;
  }

  /** Refuses those under which publishers would be refused, or copies would go unread. */
  void judge() throws SourceException, InterruptedException {
    String host = Management.part(settings.virtualHost());
    Optional<JsonNode> queue =
        management.find("/api/queues/" + host + "/" + Management.part(shadow.queue()));
    if (queue.isPresent()) {
      JsonNode q = queue.get();
      String own = ReadInventory.text(q, "policy");
      String operators = ReadInventory.text(q, "operator_policy");
      String name =
          own.isEmpty() || operators.isEmpty() ? own + operators : own + " and " + operators;
      judge(name, ReadInventory.map(q.path("effective_policy_definition")));
      return;
    }
    for (boolean operator : new boolean[] {false, true}) {
      Policy policy =
          applying("/api/" + (operator ? "operator-" : "") + "policies/" + host, operator);
      if (policy != null) judge(policy.name(), policy.definition());
    }
  }

  /** The one that a queue of this name would have; null: none, or it can't be seen. */
  private @Nullable Policy applying(String path, boolean operator) throws InterruptedException {
    List<Policy> matching = new ArrayList<>();
    try {
      for (JsonNode p : management.list(path)) {
        Policy policy = ReadInventory.policy(p, operator);
        if (appliesTo(policy)) matching.add(policy);
      }
    } catch (SourceException e) {
      warnings.add(
          "which policies will apply to queue "
              + shadow.queue()
              + " can't be seen before it is there: "
              + e.getMessage());
    }
    return matching.stream().max(Comparator.comparingInt(Policy::priority)).orElse(null);
  }

  private boolean appliesTo(Policy policy) {
    Set<String> kinds = Set.of("all", "queues", shadow.type() + "_queues");
    if (!kinds.contains(policy.appliesTo())) return false;
    try {
      return Pattern.compile(policy.pattern()).matcher(shadow.queue()).find();
    } catch (PatternSyntaxException erlangsOwn) {
      warnings.add(
          "policy "
              + policy.name()
              + " has a pattern that Java does not know; see whether it matches queue "
              + shadow.queue());
      return false;
    }
  }

  private void judge(String name, Map<String, ?> policy) throws SourceException {
    ShadowErrors errors = new ShadowErrors(settings, shadow);
    Object overflow = policy.get("overflow");
    if (overflow != null && !overflow.equals("drop-head")) {
      throw errors.policy(
          name, "overflow " + overflow + ", by which a full shadow would refuse publishers");
    }
    refuseLess(errors, name, policy, "max-length", shadow.maxLength());
    refuseLess(errors, name, policy, "max-length-bytes", shadow.maxLengthBytes());
    if (policy.containsKey("message-ttl")) {
      throw errors.policy(name, "message-ttl, by which copies would go before they are read");
    }
    if (policy.containsKey("expires")) {
      throw errors.policy(name, "expires, by which the queue would go while the bridge is stopped");
    }
    if (policy.containsKey("delivery-limit") && shadow.type().equals("quorum")) {
      warnings.add(
          "policy "
              + name
              + " sets a delivery-limit for queue "
              + shadow.queue()
              + ": so many connections that end take a copy away");
    }
    if (policy.containsKey("dead-letter-exchange") && shadow.dropped() == null) {
      warnings.add(
          "policy "
              + name
              + " dead-letters what queue "
              + shadow.queue()
              + " drops, to exchange "
              + policy.get("dead-letter-exchange")
              + ": the application may see it");
    }
  }

  private static void refuseLess(
      ShadowErrors errors, String name, Map<String, ?> policy, String what, long bound)
      throws SourceException {
    if (policy.get(what) instanceof Number n && n.longValue() < bound) {
      throw errors.policy(
          name, what + " " + n + ", less than the config's " + bound + "; lower that, or");
    }
  }
}
