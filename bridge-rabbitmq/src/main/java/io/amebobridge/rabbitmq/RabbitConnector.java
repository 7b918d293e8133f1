package io.amebobridge.rabbitmq;

import io.amebobridge.core.Connector;
import io.amebobridge.core.DeadLetterConnector;
import io.amebobridge.core.Inventory;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Selector;
import io.amebobridge.core.SourceException;
import io.amebobridge.core.config.ConfigSection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads RabbitMQ's classic and quorum queues, and streams. Thread-safe. In {@code sources.<name>}:
 *
 * <ul>
 *   <li>{@code rabbitmq}: {@code uri}, required, and the Java client's own options by the names
 *       that it has in property files; {@code addresses} names further hosts to try. With {@code
 *       amqps://} the certificate and the host's name are verified, unless the options say no.
 *   <li>{@code queue} or {@code queues}, required: what is there already.
 *   <li>{@code read}, required: {@code takeover} consumes these queues, so that their messages go
 *       to the bridge and to nobody else. {@code shadow} declares a bounded queue of the bridge's
 *       own beside one, bound as {@code shadow.bindings} says, and reads that.
 *   <li>{@code management}: {@code uri} of the management API, for the inventory and for what a
 *       shadow is compared with; {@code username} and {@code password} are those of {@code
 *       rabbitmq.uri} unless given.
 *   <li>{@code lanes: queue | routingKey | header:<name> | none}: what keeps its order.
 *   <li>{@code identity: messageId | property:<name> | header:<name> | body:<field> | none}: where
 *       a message says who it is.
 *   <li>{@code start: first | next | offset:<n> | time:<ISO instant>} and {@code positions.file},
 *       required of streams: where to begin on the first start, and the file that keeps how far
 *       they are read. {@code lostOffsets: stop | continue}: what to do where messages of a stream
 *       are gone that were not read, or it is not the stream that was read before.
 *   <li>{@code prefetch} (1000): unsettled messages per queue. {@code maxBodyBytes} (64MiB): what a
 *       compressed body may grow to. {@code connectTimeout} (10s).
 * </ul>
 *
 * <p>A route that names no action gets {@code exchange.routingKey}; the queue's name for what came
 * by the default exchange, and the exchange's alone where the routing key is empty.
 *
 * <p>In {@code deadLetters}: {@code rabbitmq} as above, and {@code queue}, or {@code exchange} and
 * {@code routingKey}; {@code confirmTimeout} (30s), {@code connectTimeout} (10s).
 */
public final class RabbitConnector implements Connector, DeadLetterConnector {
  private static final String READ =
      "takeover (these queues' messages go to the bridge) or shadow (an own queue beside one gets"
          + " copies)";

  @Override
  public String type() {
    return "rabbitmq";
  }

  @Override
  public Set<String> selectors() {
    return Set.of("queue", "exchange", "routingKey");
  }

  @Override
  public boolean typedHeaders() {
    return true;
  }

  @Override
  public String defaultAction() {
    return "{{ $exchange = \"\" ? $queue : $routingKey = \"\" ? $exchange"
        + " : $exchange & \".\" & $routingKey }}";
  }

  @Override
  public SourceFactory configure(
      String name, ConfigSection section, List<List<Selector>> selected) {
    Map<String, String> client = ClientOptions.read(section.section("rabbitmq"));
    String read = section.required("read", READ);
    if (!read.isEmpty() && !List.of("takeover", "shadow").contains(read)) {
      section.problem("read", "got " + read + ", allowed: " + READ);
    }
    if (!read.equals("shadow") && section.has("shadow")) {
      section.problem("shadow", "is for read: shadow only; remove it");
    }
    List<String> queues = queues(section);
    checkRoutes(section, queues, selected);
    LinkSettings link =
        new LinkSettings(
            name,
            "sources." + name,
            client,
            section.duration(
                "connectTimeout",
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofMinutes(10)));
    RabbitSettings settings =
        new RabbitSettings(
            link,
            queues,
            section.integer("prefetch", 1_000, 1, 65_535),
            rule(section, "lanes", "queue", LaneRule::parse, new LaneRule.Queue()),
            identity(section),
            StreamSettings.read(section),
            section.bytes("maxBodyBytes", 64L << 20, 1024, 1L << 30),
            ManagementSettings.read(section, client),
            read.equals("shadow") ? shadow(name, section, queues) : null);
    return new Factory(settings);
  }

  @Override
  public CopiesFactory configure(ConfigSection section) {
    return new RabbitDeadLetters.Factory(LetterSettings.read(section));
  }

  private static ShadowSettings shadow(String name, ConfigSection section, List<String> queues) {
    if (queues.size() > 1) {
      section.problem("queues", "has several; read: shadow is for one queue a source");
    }
    section.has("shadow");
    return ShadowSettings.read(
        name, queues.isEmpty() ? "" : queues.get(0), section.section("shadow"));
  }

  private static List<String> queues(ConfigSection section) {
    List<String> queues = new ArrayList<>(section.texts("queues"));
    section.text("queue").ifPresent(queues::add);
    if (section.has("queue") && section.has("queues")) {
      section.problem("queue", "stands beside queues; put all of them into queues");
    }
    if (queues.isEmpty()) {
      section.problem(
          "queue", "is missing, allowed: the queue's name; for several: queues: [a, b]");
    }
    if (queues.stream().anyMatch(String::isBlank)) {
      section.problem(section.has("queues") ? "queues" : "queue", "has an empty name");
    }
    if (new LinkedHashSet<>(queues).size() < queues.size()) {
      section.problem("queues", "names a queue twice");
    }
    return queues.stream().filter(q -> !q.isBlank()).distinct().toList();
  }

  private static void checkRoutes(
      ConfigSection section, List<String> queues, List<List<Selector>> selected) {
    for (List<Selector> route : selected) {
      for (Selector s : route) {
        boolean known = queues.stream().anyMatch(q -> s.matches(Map.of("queue", q)));
        if (!s.variable().equals("queue") || known) continue;
        section.problem("a route reads queue " + s.text() + ", which is not among " + queues);
      }
    }
  }

  private static IdentityRule identity(ConfigSection section) {
    if (!section.has("identity")) return new IdentityRule.Usual();
    return rule(section, "identity", "messageId", IdentityRule::parse, new IdentityRule.None());
  }

  private static <T> T rule(
      ConfigSection section, String key, String usual, Function<String, T> parse, T standIn) {
    try {
      return parse.apply(section.text(key).orElse(usual));
    } catch (IllegalArgumentException e) {
      section.problem(key, String.valueOf(e.getMessage()));
      return standIn;
    }
  }

  private record Factory(RabbitSettings settings) implements SourceFactory {
    @Override
    public MessageSource create() {
      return new RabbitSource(settings);
    }

    @Override
    public Inspection inspect(int samples) throws SourceException, InterruptedException {
      return new Inspect(settings).look(samples);
    }

    @Override
    public Optional<Inventory> inventory() throws SourceException, InterruptedException {
      ManagementSettings management = settings.management();
      if (management == null) {
        throw SourceException.permanent(
            settings.place()
                + ".management is missing: the inventory is read by the management API; add"
                + " management: {uri: http://host:15672}",
            null);
      }
      ReadInventory read = new ReadInventory(new Management(management));
      String only = management.allVirtualHosts() ? null : settings.virtualHost();
      BrokerInventory found = read.read(only);
      return Optional.of(InventoryTables.of(found, read.warnings()));
    }
  }
}
