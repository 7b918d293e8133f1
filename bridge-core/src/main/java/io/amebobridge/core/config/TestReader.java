package io.amebobridge.core.config;

import io.amebobridge.core.Connector;
import io.amebobridge.core.Header;
import io.amebobridge.core.config.TestConfig.Events;
import io.amebobridge.core.config.TestConfig.Expect;
import io.amebobridge.core.config.TestConfig.ExpectedEvent;
import io.amebobridge.core.config.TestConfig.FailsWith;
import io.amebobridge.core.config.TestConfig.FilteredBy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code tests:}. */
final class TestReader {
  private static final String EXPECT =
      "expect: a list of events, or filtered: <rule>, or failed: <text contained>";

  private final Map<String, Connector> types;
  private final Set<String> names = new HashSet<>();

  TestReader(Map<String, Connector> types) {
    this.types = types;
  }

  List<TestConfig> read(ConfigSection root) {
    List<TestConfig> tests = new ArrayList<>();
    for (ConfigSection s : root.sections("tests")) {
      String name = s.text("name").orElse(s.path());
      if (!names.add(name)) s.problem("name", "got " + name + ", which another test has already");
      TestConfig.Input input = input(s);
      Expect expect = expect(s);
      s.refuseUnknown();
      tests.add(new TestConfig(name, s.line(), input, expect));
    }
    return tests;
  }

  private TestConfig.Input input(ConfigSection test) {
    ConfigSection s = test.section("input");
    if (!test.has("input")) test.problem("input", "is missing, allowed: the message to map");
    String only = types.size() == 1 ? types.keySet().iterator().next() : null;
    String source = s.text("source").orElse(only == null ? "" : only);
    Connector connector = types.get(source);
    if (connector == null && test.has("input")) {
      s.problem("source", "must be one of " + String.join(", ", types.keySet()));
    }
    Map<String, Object> variables = variables(s, connector);
    String key = s.text("key").orElse(null);
    List<Header> headers = hasTypedHeaders(connector) ? List.of() : headers(s);
    byte[] body = body(s);
    Instant timestamp = timestamp(s);
    s.refuseUnknown();
    return new TestConfig.Input(source, variables, key, headers, body, timestamp);
  }

  private static Map<String, Object> variables(ConfigSection s, @Nullable Connector connector) {
    Set<String> names = new HashSet<>(RouteReader.VARIABLES);
    if (connector != null) names.addAll(connector.selectors());
    names.removeAll(Set.of("source", "key", "timestamp"));
    if (!hasTypedHeaders(connector)) names.remove("headers");
    Map<String, Object> variables = new LinkedHashMap<>();
    for (String name : names.stream().sorted().toList()) {
      Object value = s.raw(name);
      if (value != null) variables.put(name, value);
    }
    return variables;
  }

  private static boolean hasTypedHeaders(@Nullable Connector connector) {
    return connector != null && connector.typedHeaders();
  }

  /** A name with one text, or with a list of them for a header that is repeated. */
  private static List<Header> headers(ConfigSection s) {
    ConfigSection h = s.section("headers");
    List<Header> headers = new ArrayList<>();
    for (String name : h.keys()) {
      for (String value : h.texts(name)) headers.add(Header.of(name, value));
    }
    return headers;
  }

  /** Text is the body itself, letter by letter; anything else is written as JSON. */
  private static byte @Nullable [] body(ConfigSection s) {
    Object value = s.raw("body");
    if (value == null) return null;
    if (value instanceof String text) return text.getBytes(StandardCharsets.UTF_8);
    return JsonText.write(value).getBytes(StandardCharsets.UTF_8);
  }

  private static Instant timestamp(ConfigSection s) {
    String text = s.text("timestamp").orElse("1970-01-01T00:00:00Z");
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      s.problem("timestamp", "got " + text + ", allowed: a time such as 2026-01-31T12:00:00Z");
      return Instant.EPOCH;
    }
  }

  private static Expect expect(ConfigSection s) {
    List<String> given = List.of("expect", "filtered", "failed").stream().filter(s::has).toList();
    if (given.size() != 1)
      s.problem("must say what is expected, allowed: exactly one of " + EXPECT);
    if (s.has("filtered")) return new FilteredBy(s.required("filtered", "the rule's name"));
    if (s.has("failed")) return new FailsWith(s.required("failed", "a part of the reason"));
    List<ExpectedEvent> events = new ArrayList<>();
    for (ConfigSection e : s.sections("expect")) {
      String action = e.required("action", "the name of the action");
      boolean checksPayload = e.hasKey("payload");
      Object payload = e.raw("payload");
      events.add(new ExpectedEvent(action, payload, checksPayload, e.text("key").orElse(null)));
      e.refuseUnknown();
    }
    if (s.has("expect") && events.isEmpty()) {
      s.problem("expect", "is empty, allowed: at least one event; for none: filtered: <rule>");
    }
    return new Events(events);
  }
}
