package io.amebobridge.core.mapping;

import static io.amebobridge.core.config.ConfigFixture.message;
import static io.amebobridge.core.config.ConfigFixture.routesWithin;
import static io.amebobridge.core.mapping.Routed.one;
import static io.amebobridge.core.mapping.Routed.payload;
import static io.amebobridge.core.mapping.Routed.reason;
import static io.amebobridge.core.mapping.Routed.router;
import static io.amebobridge.core.mapping.Routed.text;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Router;
import io.amebobridge.core.Router.Failed;
import io.amebobridge.core.Router.Filtered;
import io.amebobridge.core.Router.Mapped;
import io.amebobridge.core.config.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingRouterTest {
  @Test
  void theMigrationGuidesExample() throws ConfigException {
    Router router =
        router(
            """
            - from: {source: events, topic: user-events}
              when: type in ["created", "updated", "deleted"]
              action: user.{{ type }}
              payload: "{{ data }}"
            """);
    Message read =
        message("user-events", "u1", "{\"type\":\"created\",\"data\":{\"id\":7}}", List.of());
    Message event = one(router.route(read));
    assertThat(event.address()).isEqualTo("user.created");
    assertThat(text(event.body())).isEqualTo("{\"id\":7}");
    assertThat(event.id()).isEqualTo(read.id());
    assertThat(text(event.key())).isEqualTo("u1");
    assertThat(event.origin()).isSameAs(read.origin());
  }

  @Test
  void ofTheHeadersTheTraceAloneGoesOn() throws ConfigException {
    Header trace =
        Header.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    Message read =
        message(
            "orders", null, "{}", List.of(Header.of("secret", "x"), trace, Header.of("a", "b")));
    Router router = router("- {from: {source: events}, action: a}");
    assertThat(one(router.route(read)).headers()).containsExactly(trace);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | empty",
        "'{\"a\":1} x' | not JSON at line 1, column 9",
        "'{\"a\":1}{' | something follows the document",
        "'{\"a\":NaN}' | not JSON at line 1",
        "'{\"a\":' | ends too early at line 1",
        "'{\"a\":01}' | not JSON at line 1",
        "'{\"a\":\"\\x\"}' | not JSON at line 1",
        "'\uFEFF{}' | byte order mark",
        "'hello secret' | not JSON at line 1, column"
      })
  void whatIsNoJsonFailsWithItsPlaceAndNotItsText(String body, String expected)
      throws ConfigException {
    Router whole = router("- {from: {source: events}, action: a}");
    Router mapped = router("- {from: {source: events}, action: a, payload: '{{ a }}'}");
    for (Router router : List.of(whole, mapped)) {
      assertThat(reason(router.route(message(body == null ? "" : body))))
          .contains(expected, "correct the producer, or the route's format")
          .doesNotContain("secret");
    }
  }

  @Test
  void bytesThatAreNoUtf8FailWithTheirPlace() throws ConfigException {
    Router router = router("- {from: {source: events}, action: a}");
    byte[] overlong = {'"', (byte) 0xC0, (byte) 0x80, '"'};
    byte[] surrogate = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
    byte[] utf16 = "{}".getBytes(UTF_16LE);
    for (byte[] body : List.of(overlong, surrogate)) {
      assertThat(reason(router.route(message("orders", null, body, List.of(), null))))
          .contains("not UTF-8 at byte 2");
    }
    assertThat(reason(router.route(message("orders", null, utf16, List.of(), null))))
        .contains("not JSON");
    byte[] replacement = "\"\uFFFD\"".getBytes(UTF_8);
    assertThat(router.route(message("orders", null, replacement, List.of(), null)))
        .isInstanceOf(Mapped.class);
  }

  @Test
  void theWholeBodyGoesByteForByte() throws ConfigException {
    Router router = router("- {from: {source: events}, when: a = 2, action: '{{ $topic }}'}");
    String body = " {\"a\" : 1.0,\n\"a\":2, \"z\":\"\\u00e9\"} ";
    Message read = message(body);
    Message event = one(router.route(read));
    assertThat(event.body()).isSameAs(read.body());
    assertThat(event.address()).isEqualTo("orders");
  }

  @Test
  void theFirstRouteThatTakesAMessageDecides() throws ConfigException {
    Router router =
        router(
            """
            - {from: {source: events, topic: orders}, when: kind = "test", drop: true, name: tests}
            - {from: {source: events, topic: [orders, /order-.+/]}, when: kind = "b", action: b}
            - {from: {source: events, topic: orders}, name: rest, when: kind = "c", action: c}
            """);
    assertThat(router.route(message("{\"kind\":\"test\"}"))).isEqualTo(new Filtered("tests"));
    assertThat(one(router.route(message("{\"kind\":\"b\"}"))).address()).isEqualTo("b");
    assertThat(one(router.route(message("{\"kind\":\"c\"}"))).address()).isEqualTo("c");
    assertThat(router.route(message("{\"kind\":\"d\"}")))
        .isEqualTo(new Filtered("tests, routes[1], rest"));
    assertThat(one(router.route(message("order-x", null, "{\"kind\":\"b\"}", List.of()))).address())
        .isEqualTo("b");
    assertThat(reason(router.route(message("order-", null, "{}", List.of()))))
        .contains("no route is for messages of order-", "drop: true");
    assertThat(reason(router.route(message("xorders", null, "{}", List.of()))))
        .contains("no route");
  }

  @Test
  void variablesOfTheRecord() throws ConfigException {
    Router router =
        router(
            """
            - from: {source: events}
              action: a
              payload: "{{ {'s': $source, 't': $topic, 'p': $partition, 'o': $offset, 'k': $key, 'h': $headers, 'ts': $timestamp, 'm': $toMillis($timestamp), 'id': $messageId, 'none': $queue} }}"
            """);
    List<Header> headers =
        List.of(
            Header.of("one", "1"),
            Header.of("two", "a"),
            Header.of("two", "b"),
            new Header("binary", new byte[] {(byte) 0xFF}),
            new Header("empty", null));
    Message event = one(router.route(message("orders", "k1", "{}", headers)));
    assertThat(text(event.body()))
        .isEqualTo(
            "{\"s\":\"events\",\"t\":\"orders\",\"p\":3,\"o\":42,\"k\":\"k1\","
                + "\"h\":{\"one\":\"1\",\"two\":[\"a\",\"b\"],\"empty\":null},"
                + "\"ts\":\"2026-01-31T12:00:00.120Z\",\"m\":1769860800120,\"id\":\"kafka:c:t:3:42\"}");
  }

  /** A route that looks at nothing but variables must not fail for a body it never needed. */
  @Test
  void theBodyIsNotDecodedWhereNothingReadsIt() throws ConfigException {
    Router router =
        router(
            """
            - {from: {source: events}, when: '$headers.kind = "noise" and $topic in ["orders"]', drop: true}
            - {from: {source: events}, action: a}
            """);
    assertThat(
            router.route(message("orders", null, "not json", List.of(Header.of("kind", "noise")))))
        .isInstanceOf(Filtered.class);
    assertThat(router.route(message("orders", null, "not json", List.of())))
        .isInstanceOf(Failed.class);
  }

  @Test
  void tombstones() throws ConfigException {
    Message tombstone = message(null);
    assertThat(reason(router("- {from: {source: events}}").route(tombstone)))
        .contains("routes[0]", "tombstone", "onTombstone: drop");
    assertThat(router("- {from: {source: events}, name: n, onTombstone: drop}").route(tombstone))
        .isEqualTo(new Filtered("n"));
    Router map =
        router(
            """
            - from: {source: events}
              action: order.deleted
              onTombstone: map
              payload: {id: "{{ $key }}", gone: true}
            """);
    Message event = one(map.route(message("orders", "o7", (String) null, List.of())));
    assertThat(text(event.body())).isEqualTo("{\"id\":\"o7\",\"gone\":true}");
    assertThat(router("- {from: {source: events}, drop: true, name: all}").route(tombstone))
        .isEqualTo(new Filtered("all"));
    Router chosen =
        router(
            """
            - {from: {source: events}, when: $exists($$), onTombstone: map, action: change}
            - {from: {source: events}, onTombstone: map, action: delete}
            """);
    assertThat(one(chosen.route(tombstone)).address()).isEqualTo("delete");
    assertThat(text(one(chosen.route(tombstone)).body())).isEqualTo("null");
    assertThat(one(chosen.route(message("{}"))).address()).isEqualTo("change");
  }

  @Test
  void severalEventsHaveIdsOfTheirOwn() throws ConfigException {
    Router router =
        router(
            """
            - from: {source: events}
              forEach: items
              events:
                - {action: "line.{{ $item.kind }}", payload: "{{ $item }}"}
                - {action: big, when: $item.n > 5, payload: {position: "{{ $index }}", of: "{{ id }}"}, key: "{{ id }}"}
            """);
    String body = "{\"id\":\"o1\",\"items\":[{\"kind\":\"x\",\"n\":1},{\"kind\":\"y\",\"n\":9}]}";
    List<Message> events = ((Mapped) router.route(message(body))).messages();
    assertThat(events)
        .extracting(Message::id)
        .containsExactly(
            "kafka:c:t:3:42#line.x#0", "kafka:c:t:3:42#line.y#2", "kafka:c:t:3:42#big#3");
    assertThat(text(events.get(1).body())).isEqualTo("{\"kind\":\"y\",\"n\":9}");
    assertThat(text(events.get(2).body())).isEqualTo("{\"position\":1,\"of\":\"o1\"}");
    assertThat(text(events.get(2).key())).isEqualTo("o1");
    assertThat(router.route(message("{\"items\":[]}"))).isEqualTo(new Filtered("routes[0]"));
    assertThat(reason(router.route(message("{}")))).contains("routes[0].forEach", "no such list");
  }

  @Test
  void aMessageWithoutAnIdGivesEventsWithoutOne() throws ConfigException {
    Router router = router("- {from: {source: events}, forEach: '[1..2]', action: a}");
    Message read = message("{}");
    Message anonymous = new Message(null, "orders", null, read.body(), List.of(), read.origin());
    assertThat(((Mapped) router.route(anonymous)).messages())
        .extracting(Message::id)
        .containsExactly(null, null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "user.{{ type }} | {} | gave nothing: the message has no such value",
        "user.{{ type }} | {\"type\":null} | gave null",
        "user.{{ type }} | {\"type\":{}} | gave an object",
        "user.{{ type }} | {\"type\":[1,2]} | gave a list",
        "user.{{ function(){1} }} | {} | gave a function",
        "'{{ type }}' | {\"type\":\"\"} | name is empty",
        "'{{ type }}' | {\"type\":\"a b\"} | name is \"a b\", allowed",
        "'{{ type }}' | {\"type\":\"a\\nb\"} | name is \"a\\u000ab\"",
        "'{{ $pad(\"a\", 256, \"a\") }}' | {} | has 256 characters",
        "'{{ $join([1]) }}' | {} | failed",
        "'{{ $error(\"no type\") }}' | {} | refused it: no type",
      })
  void anActionThatIsNoneFails(String action, String body, String expected) throws ConfigException {
    Router router =
        router("- {from: {source: events}, action: '" + action.replace("'", "''") + "'}");
    assertThat(reason(router.route(message(body)))).contains("routes[0].action", expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"v\":7} | a.7",
        "{\"v\":1e2} | a.1e2",
        "{\"v\":true} | a.true",
        "{\"v\":\"x\"} | a.x",
      })
  void scalarsInAnAction(String body, String expected) throws ConfigException {
    Router router = router("- {from: {source: events}, action: 'a.{{ v }}'}");
    String action =
        router.route(message(body)) instanceof Mapped m ? m.messages().get(0).address() : "failed";
    assertThat(action).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "($f := function($n){$f($n+1)}; $f(1)) | ran longer than 50 ms",
        "($f := function($n){1+$f($n+1)}; $f(1)) | goes too deep",
        "$sort([1, \"a\", true]) | failed",
        "$number(secret) | failed",
      })
  void runawayAndBrokenExpressionsFail(String expression, String expected) throws ConfigException {
    String yaml = "- {from: {source: events}, action: a, payload: '{{ " + expression + " }}'}\n";
    Router router = MappingRouter.factory(routesWithin(yaml, "50ms")).get();
    assertThat(reason(router.route(message("{\"secret\":\"hunter2\"}"))))
        .contains("routes[0].payload", expected)
        .doesNotContain("hunter2");
  }

  @Test
  void poisonSurfaces() throws ConfigException {
    Router router = router("- {from: {source: events}, drop: true}");
    Message poison = message("orders", null, new byte[] {1}, List.of(), "bad magic byte");
    assertThat(reason(router.route(poison))).contains("bad magic byte");
  }

  @Test
  void textBodies() throws ConfigException {
    Router router =
        router(
            """
            - {from: {source: events, topic: log}, format: text, action: "{{ $substringBefore($, ' ') }}"}
            - {from: {source: events}, format: text, action: a, payload: {text: "<{{ $ }}>"}}
            """);
    Message whole = one(router.route(message("log", null, "warn \"x\"", List.of())));
    assertThat(whole.address()).isEqualTo("warn");
    assertThat(text(whole.body())).isEqualTo("\"warn \\\"x\\\"\"");
    assertThat(text(one(router.route(message("hi"))).body())).isEqualTo("{\"text\":\"<hi>\"}");
    byte[] latin = {(byte) 0xE9};
    assertThat(reason(router.route(message("orders", null, latin, List.of(), null))))
        .contains("not UTF-8 at byte 1");
  }

  @Test
  void aTemplateMayHoldObjectsInObjects() throws ConfigException {
    assertThat(payload("{\"a\":{\"b\":{\"c\":n}}}", "{\"n\":1}"))
        .isEqualTo("{\"a\":{\"b\":{\"c\":1}}}");
    assertThat(payload("$", "null")).isEqualTo("null");
    assertThat(payload("$", "[1,[2],null]")).isEqualTo("[1,[2],null]");
    assertThat(payload("x", "{\"x\":null}")).isEqualTo("null");
    assertThat(payload("$string($)", "{\"x\":null}")).isEqualTo("\"{\\\"x\\\":null}\"");
  }

  @Test
  void halfASurrogatePairIsRefusedRatherThanReplaced() throws ConfigException {
    Router router = router("- {from: {source: events}, action: a, payload: '{{ x }}'}");
    assertThat(reason(router.route(message("{\"x\":\"\\ud83d\"}")))).contains("surrogate");
    assertThat(text(one(router.route(message("{\"x\":\"\\ud83d\\ude00\"}"))).body()))
        .isEqualTo("\"\uD83D\uDE00\"");
  }
}
