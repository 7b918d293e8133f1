package io.amebobridge.core.mapping;

import static io.amebobridge.core.config.ConfigFixture.message;
import static io.amebobridge.core.config.ConfigFixture.routes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Message;
import io.amebobridge.core.Router;
import io.amebobridge.core.Router.Failed;
import io.amebobridge.core.Router.Filtered;
import io.amebobridge.core.Router.Mapped;
import io.amebobridge.core.Router.Routing;
import io.amebobridge.core.config.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingRouterTest {
  private static Router router(String routes) throws ConfigException {
    return MappingRouter.factory(routes(routes)).get();
  }

  private static Message one(Routing routing) {
    assertThat(routing).isInstanceOf(Mapped.class);
    assertThat(((Mapped) routing).messages()).hasSize(1);
    return ((Mapped) routing).messages().get(0);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static String payload(String expression, String body) throws ConfigException {
    Router router =
        router("- {from: {source: events}, action: a, payload: '{{ " + expression + " }}'}");
    return text(one(router.route(message(body))).body());
  }

  private static String reason(Routing routing) {
    assertThat(routing).isInstanceOf(Failed.class);
    return ((Failed) routing).reason();
  }

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

  /** Money: the digits that came are the digits that go. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.1",
        "100.00",
        "12345678901234567890",
        "1e-7",
        "1E5",
        "-0.10",
        "9007199254740993",
        "0.1234567890123456789",
        "1e400",
        "0",
        "123456789012345678901234567890.12"
      })
  void numbersKeepTheirDigits(String number) throws ConfigException {
    String body = "{\"n\":" + number + ",\"l\":[" + number + "]}";
    assertThat(payload("n", body)).isEqualTo(number);
    assertThat(payload("$", body)).isEqualTo(body);
    assertThat(payload("{\"amount\": n}", body)).isEqualTo("{\"amount\":" + number + "}");
    assertThat(payload("l[0]", body)).isEqualTo(number);
    assertThat(payload("$merge([$, {\"x\": true}]).n", body)).isEqualTo(number);
    assertThat(payload("$clone($).n", body)).isEqualTo(number);
    assertThat(payload("n & \"\"", body)).isEqualTo("\"" + number + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n + 1", "-n", "$lookup($, \"n\")", "$sum([n, 1])", "$round(n)"})
  void refusesAResultThatHangsOnARoundedNumber(String expression) throws ConfigException {
    Router router =
        router("- {from: {source: events}, action: a, payload: '{{ " + expression + " }}'}");
    assertThat(reason(router.route(message("{\"n\":9007199254740993}"))))
        .contains("routes[0].payload", expression, "hangs on the rounding");
    assertThat(router.route(message("{\"n\":9007199254740991}"))).isInstanceOf(Mapped.class);
  }

  @Test
  void comparesHugeNumbersWhereTheRoundingMakesNoDifference() throws ConfigException {
    Router router = router("- {from: {source: events}, when: n > 0, action: a}");
    assertThat(router.route(message("{\"n\":12345678901234567890}"))).isInstanceOf(Mapped.class);
    assertThat(router.route(message("{\"n\":-12345678901234567890}"))).isInstanceOf(Filtered.class);
    Router equal = router("- {from: {source: events}, when: n = 9007199254740992, action: a}");
    assertThat(reason(equal.route(message("{\"n\":9007199254740993}")))).contains("routes[0].when");
  }

  @Test
  void aNumberSentAsTextIsReadExactly() throws ConfigException {
    String body = "{\"t\":\"12345678901234567890.12\",\"small\":\"7\"}";
    assertThat(payload("$number(t)", body)).isEqualTo("12345678901234567890.12");
    assertThat(payload("t ~> $number", body)).isEqualTo("12345678901234567890.12");
    assertThat(payload("$number(small) + 1", body)).isEqualTo("8");
  }

  @ParameterizedTest
  @CsvSource({
    "n * 2, 10000000000, 20000000000",
    "n / 4, 1, 0.25",
    "n * 1, 1e-7, 1E-7",
    "n + 0, 100.00, 100",
    "n * 1e20, 5, 500000000000000000000"
  })
  void calculatedNumbersAreWrittenPlainly(String expression, String n, String expected)
      throws ConfigException {
    assertThat(payload(expression, "{\"n\":" + n + "}")).isEqualTo(expected);
  }
}
