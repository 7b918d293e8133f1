package io.amebobridge.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Schemas and payloads that are made to leave the document, or to take for ever. */
@Timeout(60)
class SchemaAttackTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$ref':'http://127.0.0.1:1/x'}",
        "{'properties':{'a':{'$ref':'http://127.0.0.1:1/x'}}}",
        "{'definitions':{'unused':{'$ref':'https://example.com/x'}},'properties':{'a':{'$ref':'#/definitions/unused'}}}",
        "{'$ref':'file:///etc/passwd'}",
        "{'$ref':'classpath:logback-test.xml'}",
        "{'$ref':'classpath:io/amebobridge/server/schema.json'}",
        "{'$ref':'classpath:draft-07/../secret.json'}",
        "{'$ref':'jar:file:/x.jar!/schema.json'}",
        "{'$ref':'resource:schema.json'}",
        "{'$ref':'ftp://127.0.0.1/x'}",
        "{'$ref':'urn:uuid:0'}",
        "{'$ref':'other.json'}",
        "{'$ref':'//127.0.0.1:1/x'}",
        "{'$ref':'http://json-schema.org/evil'}",
        "{'$ref':'http://json-schema.org/draft-07/schema/../../evil'}",
        "{'$ref':'http://json-schema.org@127.0.0.1:1/draft-07/schema'}",
        "{'$id':'http://127.0.0.1:1/base/','properties':{'a':{'$ref':'x'}}}",
        "{'$id':'file:///etc/','properties':{'a':{'$ref':'passwd'}}}",
        "{'$id':'classpath:','properties':{'a':{'$ref':'x.json'}}}",
        "{'properties':{'a':{'$id':'file:///etc/','items':{'$ref':'passwd'}}}}",
        "{'$schema':'http://127.0.0.1:1/meta'}",
        "{'$schema':'file:///etc/passwd'}",
        "{'$schema':'classpath:x'}",
        "{'properties':{'a':{'$id':'http://y/z','$schema':'http://127.0.0.1:1/meta'}}}",
        "{'$schema':'https://json-schema.org/draft/2020-12/schema','$dynamicRef':'http://127.0.0.1:1/x#y'}",
        "{'$schema':'https://json-schema.org/draft/2020-12/schema','properties':{'a':{'$dynamicRef':'file:///etc/passwd#y'}}}",
        "{'$schema':'https://json-schema.org/draft/2019-09/schema','allOf':[{'$ref':'http://127.0.0.1:1/x'}]}",
        "{'$ref':'#/definitions/none'}",
        "{'properties':{'a':{'$ref':'#/definitions/none'}}}",
      })
  void aReferenceOutOfTheDocumentIsRefused(String schema) {
    assertThatThrownBy(() -> schema(schema))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("schemata - ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'properties':{'a':{'$ref':'http://json-schema.org/draft-07/schema#'}}}",
        "{'$id':'http://x/s','definitions':{'n':{'$id':'n.json','type':'integer'}},'properties':{'a':{'$ref':'n.json'}}}",
        "{'$schema':'https://json-schema.org/draft/2020-12/schema','$defs':{'n':{'$anchor':'n','type':'integer'}},'properties':{'a':{'$ref':'#n'}}}",
      })
  void aReferenceWithinTheDocumentOrToAMetaSchemaIsFine(String schema) {
    assertThat(schema(schema).violation(json("{'a':'x'}"))).isPresent();
    assertThat(schema(schema).violation(json("{}"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$ref':'#'}",
        "{'allOf':[{'$ref':'#'}]}",
        "{'not':{'anyOf':[{},{'$ref':'#'}]}}",
        "{'if':{},'then':{'$ref':'#'}}",
        "{'dependencies':{'a':{'$ref':'#'}}}",
        "{'properties':{'a':{'$ref':'#/definitions/x'}},'definitions':{'x':{'$ref':'#/definitions/y'},'y':{'$ref':'#/definitions/x'}}}",
        "{'items':{'oneOf':[{'$ref':'#/items'}]}}",
        "{'properties':{'a b%':{'$ref':'#/properties/a%20b%25'}}}",
        "{'$schema':'https://json-schema.org/draft/2020-12/schema','$ref':'#'}",
        "{'$schema':'https://json-schema.org/draft/2020-12/schema','$dynamicRef':'#'}",
        "{'$schema':'https://json-schema.org/draft/2019-09/schema','dependentSchemas':{'a':{'$recursiveRef':'#'}}}",
      })
  void aReferenceThatLeadsBackToItselfIsRefused(String schema) {
    assertThatThrownBy(() -> schema(schema))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("leads back to itself");
  }

  @Test
  void oneThatIsNotSeenBeforehandRefusesItsPayloads() {
    String byName =
        "{'$id':'http://x/s','definitions':{'l':{'$id':'l','$ref':'l'}},'properties':{'a':{'$ref':'l'}}}";
    EventSchema schema = schema(byName);
    assertThat(schema.violation(json("{'a':1}")).orElseThrow()).contains("too long");
    assertThat(schema.violation(json("{'b':1}"))).isEmpty();
  }

  @Test
  void recursionIntoThePayloadIsFine() {
    EventSchema tree =
        schema("{'properties':{'id':{'type':'integer'},'children':{'items':{'$ref':'#'}}}}");
    assertThat(tree.violation(json("{'id':1,'children':[{'id':2,'children':[{'id':3}]}]}")))
        .isEmpty();
    assertThat(tree.violation(json("{'children':[{'children':[{'id':'x'}]}]}")).orElseThrow())
        .contains("payload/children/0/children/0/id");
    String deep = "{'children':[".repeat(150) + "{'id':'x'}" + "]}".repeat(150);
    assertThat(tree.violation(json(deep))).isPresent();
  }

  @Test
  void aSchemaThatDoublesWithEachReferenceEnds() {
    StringBuilder schema =
        new StringBuilder("{'properties':{'a':{'$ref':'#/definitions/d0'}},'definitions':{");
    for (int i = 0; i < 60; i++) {
      String next = "{'$ref':'#/definitions/d" + (i + 1) + "'}";
      schema.append("'d%d':{'allOf':[%s,%s]},".formatted(i, next, next));
    }
    EventSchema doubling = schema(schema + "'d60':{'type':'integer'}}}");
    assertThat(doubling.violation(json("{'a':1}")).orElseThrow()).contains("takes too long");
  }

  @Test
  void manySlowTextsTogetherEndToo() {
    EventSchema schema = schema("{'items':{'pattern':'^(?:a+)+(b)\\\\1$'}}");
    String slow = "'" + "a".repeat(14) + "'";
    assertThat(schema.violation(json("[" + slow + "]")).orElseThrow()).contains("does not match");
    String many = "[" + (slow + ",").repeat(5000) + slow + "]";
    assertThat(schema.violation(json(many)).orElseThrow()).contains("takes too long");
    assertThat(schema.violation(json("['aabb']"))).as("each has its own budget").isEmpty();
  }

  @Test
  void aLongTextWithAnOrdinaryPatternPasses() {
    String text = "'" + "some words ".repeat(90_000) + "x'";
    assertThat(schema("{'pattern':'^[a-z -]+$'}").violation(json(text))).isEmpty();
    assertThat(schema("{'pattern':'words x'}").violation(json(text))).isEmpty();
    String shorter = "'" + "some words ".repeat(200) + "x'";
    assertThat(schema("{'pattern':'^[a-z]+( [a-z]+)*$'}").violation(json(shorter))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?:){2000000000}",
        "(){1001}",
        "(?:a?){1001}",
        "(?:a*|b){1001}x",
        "((?:){100}){100}",
        "(^){1001}",
        "(?:\\\\b){1001}",
        "(?=a){1001}",
        "(?<!a){1001,}",
        "(a)(\\\\1?){5000}",
        "(?:){600}(?:){600}",
        "(?x)(?:# \\n){2000000000}",
        "(?i-x:(?:)){2000000000}",
        "(?:\\\\Q\\\\E){2000000000}",
        "(",
        ")",
        "a)(",
        "[",
      })
  void aPatternThatCannotBeBoundedIsRefused(String pattern) {
    String schema = "{'properties':{'a':{'pattern':'" + pattern + "'}}}";
    assertThatThrownBy(() -> schema(schema))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("schemata - ");
    assertThatThrownBy(() -> schema("{'patternProperties':{'" + pattern + "':{}}}"))
        .isInstanceOf(Refusal.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '~',
      value = {
        "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}$ 01234567-89ab-0123456789ab",
        "^[A-Z]{2}[0-9]{2}([A-Z0-9]{4}){2,7}$ DE89370400440532",
        "^.{1,4000}$ text",
        "^(\\\\d{4000}|x)$ x",
        "^\\\\+?[1-9]\\\\d{1,14}$ +4915112345678",
        "^(?:[a-z0-9]+(?:-[a-z0-9]+)*\\\\.)+[a-z]{2,}$ a-b.example.com",
        "^[\\\\w.+-]+@[\\\\w-]+\\\\.[\\\\w.]+$ a@b.example",
        "^(?!.*\\\\.\\\\.)(?=.{3,})[a-z.]+$ a.b",
        "^\\\\p{Lu}\\\\p{L}{1,30}$ Änne",
        "^[\\\\p{L}&&[^x]]+$ abc",
        "^(?<year>\\\\d{4})-(?<month>\\\\d\\\\d)$ 2026-01",
        "^(a)\\\\1$ aa",
        "^(\\\\w?){3}$ ab",
        "^[]a]+$ ]a",
        "^a{0,1000000}$ a",
        "^\\\\x{41}\\\\cAb|A\\\\/$ A/",
      })
  void ordinaryPatternsWork(String pattern, String text) {
    EventSchema schema = schema("{'pattern':'" + pattern + "'}");
    assertThat(schema.violation(json("'" + text + "'"))).isEmpty();
  }

  @Test
  void aPatternThatIsTooLongOrTooDeepIsRefused() {
    for (String pattern : new String[] {"a".repeat(5000), "(".repeat(2000) + ")".repeat(2000)}) {
      assertThatThrownBy(() -> schema("{'pattern':'" + pattern + "'}")).isInstanceOf(Refusal.class);
    }
  }

  /** 16,384 texts of one hash took a hash set of nodes 16 seconds. */
  @Test
  void textsThatCollideAreRefusedUnderUniqueItems() {
    EventSchema schema = schema("{'items':{},'properties':{'a':{'uniqueItems':true}}}");
    String colliding = array(16_384, SchemaAttackTest::colliding);
    assertThat(schema.violation(json("{'a':" + colliding + "}")).orElseThrow())
        .contains("uniqueItems", "2000");
    String objects = array(16_384, i -> "{'k':" + colliding(i) + "}");
    assertThat(schema.violation(json("{'a':" + objects + "}")).orElseThrow()).contains("2000");
    assertThat(schema.violation(json("{'a':" + array(50_000, i -> "'id-" + i + "'") + "}")))
        .isEmpty();
    assertThat(schema.violation(json("{'a':" + array(50_000, i -> "" + i) + "}"))).isEmpty();
    assertThat(schema.violation(json("{'a':" + array(2_000, i -> "{'k':" + i + "}") + "}")))
        .isEmpty();
    String twice = array(50_000, i -> "'id-" + i % 49_999 + "'");
    assertThat(schema.violation(json("{'a':" + twice + "}")).orElseThrow()).contains("unique");
    String escaped = "{'\\u0075niqueItems':true}";
    assertThat(schema(escaped).violation(json(colliding)).orElseThrow()).contains("2000");
    assertThat(schema("{}").violation(json(colliding))).as("nothing asks for it").isEmpty();
  }

  private static String colliding(int number) {
    return IntStream.range(0, 14)
        .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
        .collect(Collectors.joining("", "'", "'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "-1e400", "1E999999999", "{'a':[1,{'b':1e309}]}"})
  void aNumberBeyondDoublesIsNotTakenForASmallOne(String payload) {
    for (String schema : new String[] {"{}", "{'maximum':10}", "{'multipleOf':0.01}"}) {
      assertThat(schema(schema).violation(json(payload)).orElseThrow()).contains("beyond");
    }
    assertThatThrownBy(() -> schema("{'maximum':1e400}")).isInstanceOf(Refusal.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1e-1000000,'{\"multipleOf\":0.01}'",
    "1e308,'{\"multipleOf\":1e-300}'",
    "1e308,'{\"multipleOf\":1e308}'",
    "0.3,'{\"multipleOf\":0.1}'",
  })
  void extremeNumbersEnd(String number, String schema) {
    assertThat(EventSchema.check(schema).violation(json(number))).isEmpty();
  }

  /** The formats' own expressions recurse on the stack. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "email",
        "hostname",
        "uri",
        "uri-reference",
        "iri",
        "date-time",
        "time",
        "date",
        "ipv4",
        "ipv6",
        "json-pointer",
        "uri-template",
        "regex",
        "idn-email",
        "idn-hostname",
        "uuid",
        "duration"
      })
  void aFormatEndsWithAnyText(String format) {
    EventSchema schema = schema("{'format':'" + format + "'}");
    for (String piece : new String[] {"a", "a.", "/", "{a}", "(", "1:", "é", "(a*)*"}) {
      String text = "'" + piece.repeat(300_000 / piece.length()) + "'";
      assertThat(schema.violation(json(text))).isNotNull();
    }
  }

  @Test
  void whatIsTooLargeIsRefused() {
    assertThatThrownBy(() -> schema("{'title':'" + "x".repeat(1 << 20) + "'}"))
        .hasMessageContaining("allowed: 1048576");
    String many = array(20_001, i -> "{}");
    assertThatThrownBy(() -> schema("{'anyOf':" + many + "}"))
        .hasMessageContaining("20000 subschemas");
    String deep = "{'items':".repeat(201) + "{}" + "}".repeat(201);
    assertThatThrownBy(() -> schema(deep)).hasMessageContaining("deeper than 200");
    String deepest = "{'not':".repeat(5000) + "{}" + "}".repeat(5000);
    assertThatThrownBy(() -> schema(deepest)).isInstanceOf(Refusal.class);
    StringBuilder chain = new StringBuilder("{'$ref':'#/definitions/c0','definitions':{");
    for (int i = 0; i < 300; i++) {
      chain.append("'c%d':{'$ref':'#/definitions/c%d'},".formatted(i, i + 1));
    }
    assertThatThrownBy(() -> schema(chain + "'c300':{}}}")).hasMessageContaining("too many others");
  }

  private static String array(int size, IntFunction<String> item) {
    return IntStream.range(0, size).mapToObj(item).collect(Collectors.joining(",", "[", "]"));
  }

  private static tools.jackson.databind.JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private static EventSchema schema(String text) {
    return EventSchema.check(text.replace('\'', '"'));
  }
}
