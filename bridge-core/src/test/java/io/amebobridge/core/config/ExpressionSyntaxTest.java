package io.amebobridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionSyntaxTest {
  private static Expression parse(String text) {
    ExpressionSyntax.Parsed parsed =
        ExpressionSyntax.parse(text, Set.of("topic", "key", "headers", "partition"));
    assertThat(parsed.wrong()).isNull();
    return Objects.requireNonNull(parsed.expression());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$topic",
        "$topic = 'a b' and $partition > 3",
        "$headers.\"event-type\" in ['x', \"y\"]",
        "$headers.kind.more = 1.5e3",
        "$exists($headers.x)",
        "$not($exists($key))",
        "$contains($topic, 'type')",
        "$uppercase($topic) & '-' & $string($partition)",
        "true",
        "'text'",
        "[1, 2]",
        "/* type */ $topic",
        "($t := $topic; $t)"
      })
  void looksAtNothingButVariables(String text) {
    assertThat(parse(text).readsBody()).isFalse();
  }

  /** Missing one of these would map a message as though its body were not there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "type",
        "$",
        "$$",
        "$$.a",
        "`a b`",
        "a.b",
        "*",
        "**",
        "$string()",
        "$length()",
        "$contains('x')",
        "$contains(/'/) and $topic = '/'",
        "$substringBefore('x')",
        "$keys($)",
        "$topic & type",
        "$string($)",
        "$exists(type)",
        "$contains($topic, type)",
        "$merge([])",
        "$map([1], function($v){$v})",
        "$topic[type = 'a']",
        "$topic.(type)",
        "%.a",
        "{'a': b}",
        "$each(function($v, $k){$k})",
        "$boolean ( )",
        "$topic ~> $contains('x')",
        "h\u00e9",
        "_a",
        "$contains($topic, /'/) and type = '/'"
      })
  void readsTheBody(String text) {
    boolean compiles = ExpressionSyntax.compiles(text);
    if (text.equals("%.a")) assertThat(compiles).isFalse();
    else assertThat(parse(text).readsBody()).isTrue();
  }

  @Test
  void ownNamesAndFunctionsAreKnown() {
    parse("($f := function($a, $b){$a + $b}; $f(1, 2) + $sum([1]))");
    parse("items@$i.(other#$n.{'a': $i, 'b': $n})");
    parse("'$nope' & /\\$nope/ & `$nope`");
    assertThat(ExpressionSyntax.parse("$nope", Set.of("topic")).wrong())
        .contains("unknown variable $nope");
  }

  @Test
  void literalsOfTooManyDigits() {
    parse("x = 123456789012345");
    parse("x = 0.1 and y[0] = 100.00 and z = '12345678901234567890'");
    assertThat(ExpressionSyntax.parse("x = 0.12345678901234567890", Set.of()).wrong())
        .contains("0.12345678901234567890 has more digits");
  }
}
