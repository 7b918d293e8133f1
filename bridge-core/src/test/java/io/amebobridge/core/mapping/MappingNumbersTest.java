package io.amebobridge.core.mapping;

import static io.amebobridge.core.config.ConfigFixture.message;
import static io.amebobridge.core.mapping.Routed.one;
import static io.amebobridge.core.mapping.Routed.payload;
import static io.amebobridge.core.mapping.Routed.reason;
import static io.amebobridge.core.mapping.Routed.router;
import static io.amebobridge.core.mapping.Routed.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Router;
import io.amebobridge.core.Router.Failed;
import io.amebobridge.core.Router.Filtered;
import io.amebobridge.core.Router.Mapped;
import io.amebobridge.core.Router.Routing;
import io.amebobridge.core.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingNumbersTest {
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
  @ValueSource(strings = {"n + 1", "-n", "$lookup($, \"n\")", "$sum([n, 1])"})
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

  /** Whatever a function does with a number no double holds: its digits, or a refusal. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$abs(n)",
        "$floor(n)",
        "$ceil(n)",
        "$round(n)",
        "$round(n, 2)",
        "$power(n, 1)",
        "$max([n, 1])",
        "$min([n, n])",
        "$average([n])",
        "$sum([n])",
        "$sort([n, n])",
        "$distinct([n])",
        "$string(n)",
        "$number(n)",
        "$formatNumber(n, \"0\")",
        "$formatBase(n)",
        "$formatInteger(n, \"0\")",
        "$reverse([n, 1])",
        "$append(n, 1)",
        "$zip([n], [1])",
        "$map([n], function($v){$v})",
        "$reduce([n, 0], function($a, $b){$a + $b})",
        "$each($, function($v){$v})",
        "$sift($, function($v){$v > 1})",
        "$merge([$, $])",
        "$spread($)",
        "$lookup($, \"n\")",
        "$filter([n], function($v){$v > 1})",
        "$single([n])",
        "*",
        "**",
        "$.n",
        "[n]",
        "n[0]",
        "($x := n; $x)",
        "$join([$string(n)], \",\")",
        "n ? n : 0",
        "n % 100000000000000000",
        "$clone($)",
        "$[n > 0].n",
        "{\"k\": n}",
        "[n]^($)",
        "n ~> $string()",
        "$split($string(n), \",\")"
      })
  void noFunctionRoundsBehindOurBack(String expression) throws ConfigException {
    Router router =
        router("- {from: {source: events}, action: a, payload: '{{ " + expression + " }}'}");
    Routing routing = router.route(message("{\"n\":9007199254740993}"));
    if (routing instanceof Failed failed) {
      assertThat(failed.reason()).contains("routes[0].payload");
    } else {
      assertThat(text(one(routing).body())).contains("9007199254740993");
    }
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
