package io.amebobridge.rabbitmq;

import io.amebobridge.core.Inventory;
import io.amebobridge.core.Inventory.Table;
import io.amebobridge.rabbitmq.BrokerInventory.Binding;
import io.amebobridge.rabbitmq.BrokerInventory.Consumer;
import io.amebobridge.rabbitmq.BrokerInventory.Exchange;
import io.amebobridge.rabbitmq.BrokerInventory.Policy;
import io.amebobridge.rabbitmq.BrokerInventory.Queue;
import io.amebobridge.rabbitmq.BrokerInventory.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** A {@link BrokerInventory} as tables for people and as plain JSON. Stateless. */
final class InventoryTables {
  private static final TypeReference<Map<String, @Nullable Object>> MAP = new TypeReference<>() {};

  private InventoryTables() {}

  static Inventory of(BrokerInventory found, List<String> warnings) {
    List<Table> tables = new ArrayList<>();
    for (VirtualHost host : found.virtualHosts()) {
      String in = " of virtual host " + host.name();
      tables.add(queues("queues" + in, host));
      tables.add(ways("ways to the queues" + in, host));
      tables.add(consumers("consumers" + in, host));
      tables.add(exchanges("exchanges" + in, host));
      List<Policy> policies = host.policies();
      if (policies != null && !policies.isEmpty()) tables.add(policies("policies" + in, policies));
    }
    Map<String, @Nullable Object> json = JsonMapper.shared().convertValue(found, MAP);
    return new Inventory(tables, warnings, new LinkedHashMap<>(json));
  }

  private static Table queues(String title, VirtualHost host) {
    List<String> columns =
        List.of("queue", "type", "is", "ready", "unacked", "consumers", "policy", "in force");
    List<List<String>> rows = new ArrayList<>();
    for (Queue q : host.queues()) {
      rows.add(
          List.of(
              q.name(),
              q.type(),
              kind(q.durable(), q.autoDelete(), q.exclusive() ? "exclusive" : ""),
              count(q.ready()),
              count(q.unacked()),
              String.valueOf(q.consumers().size()),
              policy(q),
              describe(q.inForce())));
    }
    return new Table(title, columns, rows);
  }

  private static String kind(boolean durable, boolean autoDelete, String more) {
    List<String> words = new ArrayList<>();
    words.add(durable ? "durable" : "transient");
    if (autoDelete) words.add("auto-delete");
    if (!more.isEmpty()) words.add(more);
    return String.join(" ", words);
  }

  private static String count(long number) {
    return number < 0 ? "?" : String.valueOf(number);
  }

  private static String policy(Queue q) {
    String own = q.policy() == null ? "" : q.policy();
    return q.operatorPolicy() == null ? own : own + " + operator " + q.operatorPolicy();
  }

  static String describe(InForce f) {
    List<String> words = new ArrayList<>();
    if (f.maxLength() != null) words.add("max-length " + f.maxLength());
    if (f.maxLengthBytes() != null) words.add("max-length-bytes " + f.maxLengthBytes());
    if (f.overflow() != null) words.add("overflow " + f.overflow());
    if (f.messageTtlMillis() != null) words.add("ttl " + f.messageTtlMillis() + " ms");
    if (f.expiresMillis() != null) words.add("expires " + f.expiresMillis() + " ms");
    if (f.deliveryLimit() != null) words.add("delivery-limit " + f.deliveryLimit());
    if (f.singleActiveConsumer()) words.add("single active consumer");
    if (f.maxPriority() != null) words.add("priorities up to " + f.maxPriority());
    if (f.deadLetterExchange() != null) {
      String key = f.deadLetterRoutingKey();
      String exchange = f.deadLetterExchange();
      words.add(
          "dead letters to "
              + (exchange.isEmpty() ? "the default exchange" : "exchange " + exchange)
              + (key == null ? "" : " with key " + key));
    }
    return String.join(", ", words);
  }

  private static Table ways(String title, VirtualHost host) {
    List<List<String>> rows = new ArrayList<>();
    for (Queue q : host.queues()) {
      if (q.paths().isEmpty()) rows.add(List.of(q.name(), "only by its name (default exchange)"));
      for (List<Binding> path : q.paths()) rows.add(List.of(q.name(), path(path)));
    }
    return new Table(title, List.of("queue", "publishers send to"), rows);
  }

  private static String path(List<Binding> path) {
    StringBuilder text = new StringBuilder();
    for (Binding step : path) {
      text.append(step.exchange()).append(" (").append(step.exchangeType()).append(") ");
      text.append("--").append(step.routingKey());
      if (!step.arguments().isEmpty()) text.append(' ').append(step.arguments());
      text.append("--> ");
      if (!step.toExchange()) text.append(step.to());
    }
    return text.toString();
  }

  private static Table consumers(String title, VirtualHost host) {
    List<String> columns =
        List.of("queue", "consumer", "connection", "prefetch", "acknowledges", "active");
    List<List<String>> rows = new ArrayList<>();
    for (Queue q : host.queues()) {
      for (Consumer c : q.consumers()) {
        rows.add(
            List.of(
                q.name(),
                c.tag(),
                c.connection(),
                c.prefetch() == 0 ? "unlimited" : String.valueOf(c.prefetch()),
                c.ackMode(),
                (c.active() ? "yes" : "no") + (c.exclusive() ? ", exclusive" : "")));
      }
    }
    return new Table(title, columns, rows);
  }

  private static Table exchanges(String title, VirtualHost host) {
    List<String> columns = List.of("exchange", "type", "is", "unroutable to", "policy");
    List<List<String>> rows = new ArrayList<>();
    Set<String> used =
        host.queues().stream()
            .flatMap(q -> q.paths().stream().flatMap(List::stream))
            .map(Binding::exchange)
            .collect(Collectors.toSet());
    for (Exchange e : host.exchanges()) {
      boolean builtIn = e.name().isEmpty() || e.name().startsWith("amq.");
      if (builtIn && !used.contains(e.name())) continue;
      rows.add(
          List.of(
              e.name(),
              e.type(),
              kind(e.durable(), e.autoDelete(), e.internal() ? "internal" : ""),
              e.alternate() == null ? "" : e.alternate(),
              e.policy() == null ? "" : e.policy()));
    }
    return new Table(title, columns, rows);
  }

  private static Table policies(String title, List<Policy> policies) {
    List<String> columns = List.of("policy", "pattern", "applies to", "priority", "sets");
    List<List<String>> rows = new ArrayList<>();
    for (Policy p : policies) {
      String sets =
          p.definition().entrySet().stream()
              .map(e -> e.getKey() + " " + e.getValue())
              .collect(Collectors.joining(", "));
      rows.add(
          List.of(
              (p.operator() ? "operator " : "") + p.name(),
              p.pattern(),
              p.appliesTo(),
              String.valueOf(p.priority()),
              sets));
    }
    return new Table(title, columns, rows);
  }
}
