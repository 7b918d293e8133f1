package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.SourceException;
import io.amebobridge.rabbitmq.ShadowPlan.Bound;
import io.amebobridge.rabbitmq.ShadowPlan.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Looks at what there is of a shadow and refuses what can't be one; declares nothing. */
final class PlanShadow {
  private final RabbitSettings settings;
  private final ShadowSettings shadow;
  private final ShadowErrors errors;
  private final Connection connection;
  private final @Nullable Management management;
  private final List<String> warnings = new ArrayList<>();

  /**
   * For one use.
   *
   * @param management null where the config has none
   */
  PlanShadow(
      RabbitSettings settings,
      ShadowSettings shadow,
      Connection connection,
      @Nullable Management management) {
    this.settings = settings;
    this.shadow = shadow;
    this.connection = connection;
    this.management = management;
    errors = new ShadowErrors(settings, shadow);
  }

  /** Waits for the broker. */
  ShadowPlan make() throws SourceException, InterruptedException {
    try {
      Set<String> exchanges = new LinkedHashSet<>();
      for (ShadowBinding b : shadow.bindings()) exchanges.add(b.exchange());
      for (String exchange : exchanges) judge(exchange);
      Probe.Found queue = compare(shadow.queue(), shadow.arguments());
      String name = shadow.dropped();
      Probe.Found dropped = name == null ? null : compare(name, shadow.droppedArguments());
      if (management != null) new ShadowPolicies(settings, shadow, management, warnings).judge();
      return new ShadowPlan(
          shadow,
          state(queue),
          dropped == null ? State.SAME : state(dropped),
          bindings(queue),
          queue.ready(),
          dropped == null ? 0 : dropped.ready(),
          dropped != null && dropped.isThere(),
          warnings);
    } catch (IOException e) {
      throw errors.of(e);
    }
  }

  private static State state(Probe.Found found) {
    return found.isThere() ? State.SAME : State.MISSING;
  }

  private void judge(String exchange) throws SourceException, InterruptedException, IOException {
    String type;
    String delayed = null;
    if (management == null) {
      type = typeByAmqp(exchange).orElseThrow(() -> errors.exchangeMissing(exchange));
    } else {
      JsonNode found =
          management
              .find("/api/exchanges/" + host() + "/" + Management.part(exchange))
              .orElseThrow(() -> errors.exchangeMissing(exchange));
      type = ReadInventory.text(found, "type");
      String of = ReadInventory.text(found.path("arguments"), "x-delayed-type");
      delayed = of.isEmpty() ? null : of;
    }
    String refusal = ExchangeKind.refusal(type, delayed);
    if (refusal != null) throw errors.refused(exchange, refusal);
  }

  private Optional<String> typeByAmqp(String exchange) throws SourceException, IOException {
    try {
      return Probe.exchangeType(connection, exchange);
    } catch (Probe.Forbidden e) {
      throw errors.typeUnknown(exchange, e);
    }
  }

  private String host() {
    return Management.part(settings.virtualHost());
  }

  private Probe.Found compare(String queue, Map<String, Object> arguments)
      throws SourceException, InterruptedException, IOException {
    Probe.Found found;
    try {
      found = Probe.queue(connection, queue, arguments);
    } catch (Probe.Forbidden e) {
      if (management == null) throw e;
      found = compareByManagement(queue, arguments);
    }
    if (!found.difference().isEmpty()) throw errors.differs(queue, found.difference());
    return found;
  }

  /** For a user who may not declare it: somebody else has. */
  private Probe.Found compareByManagement(String queue, Map<String, Object> arguments)
      throws SourceException, InterruptedException, IOException {
    Probe.Found found = Probe.passive(connection, queue);
    JsonNode there = queueOf(queue).orElse(null);
    if (!found.isThere() || there == null) return new Probe.Found(false, "", 0, 0);
    Map<String, @Nullable Object> have = ReadInventory.map(there.path("arguments"));
    boolean same =
        new ShadowBinding("", "", arguments).is("", "", have)
            && there.path("durable").asBoolean(false)
            && !there.path("auto_delete").asBoolean(true)
            && !there.path("exclusive").asBoolean(false);
    String how = same ? "" : "it has " + have + ", wanted: durable, with " + arguments;
    return new Probe.Found(true, how, found.ready(), found.consumers());
  }

  private Optional<JsonNode> queueOf(String queue) throws SourceException, InterruptedException {
    if (management == null) return Optional.empty();
    return management.find("/api/queues/" + host() + "/" + Management.part(queue));
  }

  private List<Bound> bindings(Probe.Found queue) throws SourceException, InterruptedException {
    List<Bound> all = new ArrayList<>();
    if (management == null || !queue.isThere()) {
      State state = queue.isThere() ? State.UNKNOWN : State.MISSING;
      for (ShadowBinding b : shadow.bindings()) all.add(new Bound(b, state));
      if (queue.consumers() > 0) warnings.add(consumers(queue.consumers()));
      return all;
    }
    List<ShadowBinding> there = ShadowBindings.of(management, settings, shadow.queue());
    for (ShadowBinding b : shadow.bindings()) {
      all.add(new Bound(b, ShadowBindings.has(there, b) ? State.SAME : State.MISSING));
    }
    for (ShadowBinding b : there) {
      if (ShadowBindings.has(shadow.bindings(), b)) continue;
      warnings.add(
          "queue "
              + shadow.queue()
              + " has a binding that the config does not name, to "
              + b
              + ": its messages are read too; add it to the config, or remove it by hand");
    }
    refuseForeignConsumers();
    return all;
  }

  private String consumers(int count) {
    return "queue "
        + shadow.queue()
        + " has consumers ("
        + count
        + "); if they are not this source's own, they take copies from it";
  }

  private void refuseForeignConsumers() throws SourceException, InterruptedException {
    JsonNode queue = queueOf(shadow.queue()).orElse(null);
    if (queue == null) return;
    List<String> foreign = new ArrayList<>();
    for (JsonNode c : queue.path("consumer_details").values()) {
      String tag = ReadInventory.text(c, "consumer_tag");
      if (tag.equals(Consuming.tag(settings))) continue;
      foreign.add(tag + " of " + ReadInventory.text(c.path("channel_details"), "connection_name"));
    }
    if (!foreign.isEmpty()) throw errors.foreignConsumers(foreign);
  }
}
