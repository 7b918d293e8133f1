package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import io.amebobridge.rabbitmq.BrokerInventory.Binding;
import io.amebobridge.rabbitmq.BrokerInventory.Consumer;
import io.amebobridge.rabbitmq.BrokerInventory.Exchange;
import io.amebobridge.rabbitmq.BrokerInventory.Policy;
import io.amebobridge.rabbitmq.BrokerInventory.Queue;
import io.amebobridge.rabbitmq.BrokerInventory.VirtualHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads a {@link BrokerInventory} by the management API; only looks. Used once. */
final class ReadInventory {
  private final Management management;
  private final List<String> warnings = new ArrayList<>();

  ReadInventory(Management management) {
    this.management = management;
  }

  /** What could not be seen. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Reads it.
   *
   * @param virtualHost the one to read; null: all that the user may see
   */
  BrokerInventory read(@Nullable String virtualHost) throws SourceException, InterruptedException {
    JsonNode overview = management.get("/api/overview");
    List<String> names = new ArrayList<>();
    if (virtualHost != null) {
      names.add(virtualHost);
    } else {
      for (JsonNode host : management.list("/api/vhosts")) names.add(text(host, "name"));
    }
    List<VirtualHost> hosts = new ArrayList<>();
    for (String name : names) hosts.add(virtualHost(name));
    return new BrokerInventory(
        management.toString(),
        text(overview, "cluster_name"),
        text(overview, "rabbitmq_version"),
        hosts);
  }

  private VirtualHost virtualHost(String name) throws SourceException, InterruptedException {
    String in = "/" + Management.part(name);
    List<Policy> policies = policies(name, in);
    Map<String, Exchange> exchanges = new LinkedHashMap<>();
    for (JsonNode e : management.pages("/api/exchanges" + in)) {
      Exchange exchange = exchange(e, policies);
      exchanges.put(exchange.name(), exchange);
    }
    List<Binding> bindings = new ArrayList<>();
    for (JsonNode b : management.list("/api/bindings" + in)) bindings.add(binding(b, exchanges));
    Topology topology = new Topology(bindings);
    Map<String, List<Consumer>> consumers = new HashMap<>();
    for (JsonNode c : management.list("/api/consumers" + in)) {
      String queue = text(c.path("queue"), "name");
      consumers.computeIfAbsent(queue, q -> new ArrayList<>()).add(consumer(c));
    }
    Map<String, Queue> queues = new LinkedHashMap<>(); // a page may repeat what the last had
    for (JsonNode q : management.pages("/api/queues" + in)) {
      String queue = text(q, "name");
      queues.put(queue, queue(q, consumers.getOrDefault(queue, List.of()), topology));
    }
    return new VirtualHost(
        name, List.copyOf(queues.values()), List.copyOf(exchanges.values()), policies);
  }

  private @Nullable List<Policy> policies(String name, String in) throws InterruptedException {
    try {
      List<Policy> all = new ArrayList<>();
      for (JsonNode p : management.list("/api/policies" + in)) all.add(policy(p, false));
      for (JsonNode p : management.list("/api/operator-policies" + in)) all.add(policy(p, true));
      return List.copyOf(all);
    } catch (SourceException e) {
      warnings.add(
          "virtual host "
              + name
              + ": its policies can't be seen (what they come to for a queue can): "
              + e.getMessage());
      return null;
    }
  }

  static Policy policy(JsonNode p, boolean operator) {
    return new Policy(
        text(p, "name"),
        operator,
        text(p, "pattern"),
        text(p, "apply-to"),
        p.path("priority").asInt(0),
        map(p.path("definition")));
  }

  private static Exchange exchange(JsonNode e, @Nullable List<Policy> policies) {
    Map<String, @Nullable Object> arguments = map(e.path("arguments"));
    String policy = optional(e, "policy");
    Object alternate = arguments.get("alternate-exchange");
    if (alternate == null && policies != null) {
      for (Policy p : policies) {
        if (p.name().equals(policy)) alternate = p.definition().get("alternate-exchange");
      }
    }
    return new Exchange(
        text(e, "name"),
        text(e, "type"),
        e.path("durable").asBoolean(false),
        e.path("auto_delete").asBoolean(false),
        e.path("internal").asBoolean(false),
        arguments,
        policy,
        alternate == null ? null : alternate.toString());
  }

  private static Binding binding(JsonNode b, Map<String, Exchange> exchanges) {
    String source = text(b, "source");
    Exchange exchange = exchanges.get(source);
    return new Binding(
        source,
        exchange == null ? "unknown" : exchange.type(),
        text(b, "routing_key"),
        map(b.path("arguments")),
        text(b, "destination"),
        text(b, "destination_type").equals("exchange"));
  }

  static Consumer consumer(JsonNode c) {
    JsonNode channel = c.path("channel_details");
    return new Consumer(
        text(c, "consumer_tag"),
        text(channel, "connection_name"),
        text(channel, "name"),
        c.path("prefetch_count").asInt(0),
        c.path("ack_required").asBoolean(true) ? "manual" : "automatic",
        c.path("active").asBoolean(true),
        c.path("exclusive").asBoolean(false));
  }

  private static Queue queue(JsonNode q, List<Consumer> consumers, Topology topology) {
    String name = text(q, "name");
    Map<String, @Nullable Object> arguments = map(q.path("arguments"));
    String type = type(q, arguments);
    Map<String, @Nullable Object> effective = map(q.path("effective_policy_definition"));
    return new Queue(
        name,
        type,
        q.path("durable").asBoolean(false),
        q.path("auto_delete").asBoolean(false),
        q.path("exclusive").asBoolean(false),
        arguments,
        optional(q, "policy"),
        optional(q, "operator_policy"),
        effective,
        InForce.of(type, arguments, effective),
        q.path("messages_ready").asLong(-1),
        q.path("messages_unacknowledged").asLong(-1),
        q.path("message_bytes").asLong(-1),
        consumers,
        topology.ofQueue(name),
        topology.paths(name));
  }

  /** Such as quorum; some versions give their module's name. */
  static String type(JsonNode q, Map<String, ?> arguments) {
    Object asked = arguments.get("x-queue-type");
    String type = q.path("type").asString(asked == null ? "classic" : asked.toString());
    return type.replaceFirst("^rabbit_(\\w+)_queue$", "$1");
  }

  static String text(JsonNode node, String field) {
    return node.path(field).asString("");
  }

  private static @Nullable String optional(JsonNode node, String field) {
    String text = text(node, field);
    return text.isEmpty() ? null : text;
  }

  /** An object's fields; the API writes an empty one as a list. */
  static Map<String, @Nullable Object> map(JsonNode node) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    node.properties().forEach(e -> map.put(e.getKey(), plain(e.getValue())));
    return map;
  }

  private static @Nullable Object plain(JsonNode value) {
    if (value.isNull()) return null;
    if (value.isObject()) return map(value);
    if (value.isArray()) return value.values().stream().map(ReadInventory::plain).toList();
    if (value.isBoolean()) return value.asBoolean();
    if (value.isNumber()) return value.numberValue();
    return value.asString("");
  }
}
