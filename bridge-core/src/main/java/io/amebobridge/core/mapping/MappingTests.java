package io.amebobridge.core.mapping;

import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.core.Router;
import io.amebobridge.core.Router.Failed;
import io.amebobridge.core.Router.Filtered;
import io.amebobridge.core.Router.Mapped;
import io.amebobridge.core.Router.Routing;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.ExactNumber;
import io.amebobridge.core.config.TestConfig;
import io.amebobridge.core.config.TestConfig.Events;
import io.amebobridge.core.config.TestConfig.Expect;
import io.amebobridge.core.config.TestConfig.ExpectedEvent;
import io.amebobridge.core.config.TestConfig.FailsWith;
import io.amebobridge.core.config.TestConfig.FilteredBy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs the tests that stand beside the mappings. Stateless. */
public final class MappingTests {
  private MappingTests() {}

  public static List<TestResult> run(BridgeConfig config) {
    return run(config, MappingRouter.factory(config).get());
  }

  /** The same, with a router of one's own. */
  public static List<TestResult> run(BridgeConfig config, Router router) {
    List<TestResult> results = new ArrayList<>();
    for (TestConfig test : config.tests()) {
      List<String> differences = compare(test.expect(), router.route(message(test.input())));
      results.add(new TestResult(test.name(), test.line(), differences.isEmpty(), differences));
    }
    return results;
  }

  private static Message message(TestConfig.Input input) {
    Map<String, Object> variables = input.variables();
    String address =
        List.of("topic", "queue", "exchange").stream()
            .filter(variables::containsKey)
            .map(v -> String.valueOf(variables.get(v)))
            .findFirst()
            .orElse(input.source());
    byte[] key = input.key() == null ? null : input.key().getBytes(StandardCharsets.UTF_8);
    Origin origin = new Origin(input.source(), null, input.timestamp(), variables, null, null);
    return new Message("test", address, key, input.body(), input.headers(), origin);
  }

  private static List<String> compare(Expect expect, Routing got) {
    if (expect instanceof Events events && got instanceof Mapped mapped) {
      return compare(events.events(), mapped.messages());
    }
    boolean same =
        (expect instanceof FilteredBy f && got instanceof Filtered g && f.rule().equals(g.rule()))
            || (expect instanceof FailsWith w
                && got instanceof Failed failed
                && failed.reason().contains(w.text()));
    return same ? List.of() : List.of("expected: " + text(expect), "got:      " + text(got));
  }

  private static String text(Expect expect) {
    if (expect instanceof FilteredBy f) return "filtered by " + f.rule();
    if (expect instanceof FailsWith w) return "failed with \"" + w.text() + "\"";
    return ((Events) expect)
        .events().stream().map(ExpectedEvent::action).collect(Collectors.joining(", "));
  }

  private static String text(Routing got) {
    if (got instanceof Filtered f) return "filtered by " + f.rule();
    if (got instanceof Failed f) return "failed: " + f.reason();
    return ((Mapped) got)
        .messages().stream().map(Message::address).collect(Collectors.joining(", "));
  }

  private static List<String> compare(List<ExpectedEvent> expected, List<Message> got) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < Math.max(expected.size(), got.size()); i++) {
      String at = "event " + (i + 1);
      if (i >= got.size()) {
        out.add(at + ": expected " + expected.get(i).action() + ", got none");
      } else if (i >= expected.size()) {
        out.add(at + ": expected none, got " + got.get(i).address());
      } else {
        compare(expected.get(i), got.get(i), at, out);
      }
    }
    return out;
  }

  private static void compare(ExpectedEvent expected, Message got, String at, List<String> out) {
    if (!expected.action().equals(got.address())) {
      out.add(at + ": action: expected " + expected.action() + ", got " + got.address());
    }
    if (expected.key() != null) {
      String key = got.key() == null ? null : Utf8.decode(got.key());
      if (!expected.key().equals(key)) {
        out.add(at + ": key: expected " + expected.key() + ", got " + key);
      }
    }
    if (expected.checksPayload()) {
      out.addAll(JsonDiff.of(expected.payload(), value(got.body()), at + ": payload"));
    }
  }

  private static @Nullable Object value(byte @Nullable [] payload) {
    try {
      return new JsonBody(new ExactNumber.Rounding()).decode(Objects.requireNonNull(payload));
    } catch (UndecodableException e) {
      throw new IllegalStateException("a payload is always JSON", e);
    }
  }
}
