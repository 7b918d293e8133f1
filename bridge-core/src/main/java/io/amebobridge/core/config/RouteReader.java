package io.amebobridge.core.config;

import io.amebobridge.core.Connector;
import io.amebobridge.core.Selector;
import io.amebobridge.core.config.RouteConfig.EventConfig;
import io.amebobridge.core.config.RouteConfig.Tombstone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads {@code routes:}. */
final class RouteReader {
  /** What any expression may name; which of them a message has depends on its broker. */
  static final Set<String> VARIABLES =
      Set.of(
          "source",
          "topic",
          "partition",
          "offset",
          "key",
          "headers",
          "timestamp",
          "exchange",
          "routingKey",
          "queue",
          "redelivered",
          "messageId",
          "properties",
          "attributes");

  private final Map<String, Connector> types;
  private final Collection<String> formats;
  private final Map<String, List<List<Selector>>> selected = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();

  RouteReader(Map<String, Connector> types, Collection<String> formats) {
    this.types = types;
    this.formats = formats;
  }

  /** Per source, what each of its routes selects by. */
  Map<String, List<List<Selector>>> selected() {
    return selected;
  }

  List<RouteConfig> read(ConfigSection root) {
    List<RouteConfig> routes = new ArrayList<>();
    List<ConfigSection> sections = root.sections("routes");
    if (sections.isEmpty()) root.problem("routes", "is missing, allowed: a list of at least one");
    for (ConfigSection section : sections) {
      RouteConfig route = route(section);
      routes.stream()
          .filter(earlier -> takesAllOf(earlier, route))
          .findFirst()
          .ifPresent(
              earlier ->
                  section.problem(
                      "is never reached: "
                          + earlier.name()
                          + " takes all its messages; put it first, or give that one a when"));
      routes.add(route);
    }
    return routes;
  }

  private static boolean takesAllOf(RouteConfig earlier, RouteConfig later) {
    boolean sameOrAll =
        earlier.selectors().isEmpty() || earlier.selectors().equals(later.selectors());
    return earlier.when() == null && earlier.source().equals(later.source()) && sameOrAll;
  }

  private RouteConfig route(ConfigSection s) {
    String name = name(s);
    ConfigSection from = s.section("from");
    String source = from.required("source", "one of " + String.join(", ", types.keySet()));
    Connector connector = types.get(source);
    Map<String, List<Selector>> selectors = from(from, source, connector);
    Set<String> variables = new HashSet<>(VARIABLES);
    if (connector != null) variables.addAll(connector.selectors());
    String format = s.oneOf("format", formats.stream().sorted().toList(), "json");
    Expression when = new TemplateReader(s, variables).expression("when").orElse(null);
    Tombstone tombstone = Tombstone.of(s.oneOf("onTombstone", Tombstone.WORDS, "deadLetter"));
    Expression forEach = new TemplateReader(s, variables).expression("forEach").orElse(null);
    if (s.has("forEach")) variables.addAll(Set.of("item", "index"));
    boolean drop = s.flag("drop", false);
    String fallback = connector == null ? "{{ $topic }}" : connector.defaultAction();
    List<EventConfig> events = events(s, variables, fallback);
    if (drop) refuseWithDrop(s);
    s.refuseUnknown();
    return new RouteConfig(
        name,
        s.path(),
        s.line(),
        source,
        selectors,
        format,
        when,
        drop,
        tombstone,
        forEach,
        drop ? List.of() : events);
  }

  private Map<String, List<Selector>> from(
      ConfigSection from, String source, @Nullable Connector connector) {
    if (connector == null) {
      if (source.isEmpty()) return Map.of();
      Optional<String> near = Nearest.to(source, types.keySet());
      String hint = near.map(n -> ", did you mean " + n + "?").orElse(";");
      String allowed = String.join(", ", types.keySet());
      from.problem("source", "no such source" + hint + " allowed: " + allowed);
      return Map.of();
    }
    Map<String, List<Selector>> selectors = selectors(from, connector);
    from.refuseUnknown();
    List<Selector> all = selectors.values().stream().flatMap(List::stream).toList();
    selected.computeIfAbsent(source, k -> new ArrayList<>()).add(all);
    return selectors;
  }

  private String name(ConfigSection s) {
    String name = s.text("name").orElse(s.path());
    if (!names.add(name)) s.problem("name", "got " + name + ", which another route has already");
    return name;
  }

  private static Map<String, List<Selector>> selectors(ConfigSection from, Connector connector) {
    Map<String, List<Selector>> selectors = new LinkedHashMap<>();
    for (String variable : connector.selectors().stream().sorted().toList()) {
      List<Selector> alternatives = new ArrayList<>();
      for (String notation : from.texts(variable)) {
        try {
          alternatives.add(Selector.parse(variable, notation));
        } catch (PatternSyntaxException e) {
          String where = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
          from.problem(variable, "bad pattern " + notation + ": " + e.getDescription() + where);
        }
      }
      if (!alternatives.isEmpty()) selectors.put(variable, List.copyOf(alternatives));
    }
    return selectors;
  }

  private List<EventConfig> events(ConfigSection s, Set<String> variables, String fallback) {
    if (!s.has("events")) return List.of(event(s, variables, fallback, false));
    for (String key : List.of("action", "payload", "key")) {
      if (s.has(key)) s.problem(key, "stands beside events; put it into each of the events");
    }
    List<EventConfig> events = new ArrayList<>();
    for (ConfigSection section : s.sections("events")) {
      events.add(event(section, variables, fallback, true));
      section.refuseUnknown();
    }
    if (events.isEmpty()) {
      s.problem(
          "events", "is empty, allowed: at least one event; to leave messages out: drop: true");
      events.add(event(s, variables, fallback, false));
    }
    return events;
  }

  private static EventConfig event(
      ConfigSection s, Set<String> variables, String fallback, boolean withWhen) {
    TemplateReader reader = new TemplateReader(s, variables);
    @Nullable Expression when = withWhen ? reader.expression("when").orElse(null) : null;
    Template action =
        reader.template("action").orElseGet(() -> reader.fallback("action", fallback));
    if (action.isConstant() && !s.verbatim("action").orElse(fallback).contains("{{")) {
      ActionNames.problem(action.toString()).ifPresent(what -> s.problem("action", what));
    }
    Optional<Payload> payload = reader.payload("payload");
    Template key = reader.template("key").orElse(null);
    return new EventConfig(s.path(), when, action, payload.orElseGet(Payload.WholeBody::new), key);
  }

  private static void refuseWithDrop(ConfigSection s) {
    for (String key : List.of("action", "payload", "key", "events", "forEach")) {
      if (s.has(key)) s.problem(key, "has no use beside drop: true; remove one of them");
    }
  }
}
