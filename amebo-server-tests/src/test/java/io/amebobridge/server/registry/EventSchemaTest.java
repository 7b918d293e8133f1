package io.amebobridge.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

class EventSchemaTest {
  @Test
  void theDraftIsSevenUnlessTheSchemaSaysOtherwise() {
    String dependent = "'type':'object','dependentRequired':{'a':['b']}";
    String payload = "{'a':1}";
    assertThat(violates("{" + dependent + "}", payload)).as("unknown to Draft 7").isFalse();
    String modern = "{'$schema':'https://json-schema.org/draft/2020-12/schema'," + dependent + "}";
    assertThat(violates(modern, payload)).isTrue();
    assertThat(violates("{'type':'object','dependencies':{'a':['b']}}", payload)).isTrue();
  }

  @Test
  void referencesWithinTheDocumentWork() {
    String schema =
        "{'definitions':{'n':{'type':'integer'}},'properties':{'a':{'$ref':'#/definitions/n'}}}";
    assertThat(violates(schema, "{'a':1}")).isFalse();
    assertThat(violates(schema, "{'a':'x'}")).isTrue();
  }

  @Test
  @Timeout(20)
  void aPatternThatTakesForEverRefusesItsTextInTime() {
    String schema = "{'properties':{'a':{'type':'string','pattern':'^(?:a+)+(b)\\\\1$'}}}";
    assertThat(violates(schema, "{'a':'aaabb'}")).isFalse();
    assertThat(violates(schema, "{'a':'b'}")).isTrue();
    String slow = "{'a':'" + "a".repeat(60) + "'}";
    assertThat(schema(schema).violation(JsonMapper.shared().readTree(slow.replace('\'', '"'))))
        .hasValueSatisfying(text -> assertThat(text).contains("takes too long"));
  }

  @Test
  void twoSchemasWithTheSameIdDoNotMeet() {
    EventSchema first = schema("{'$id':'http://x/s','type':'object'}");
    EventSchema second = schema("{'$id':'http://x/s','type':'array'}");
    assertThat(first.violation(JsonMapper.shared().readTree("{}"))).isEmpty();
    assertThat(second.violation(JsonMapper.shared().readTree("{}"))).isPresent();
  }

  @Test
  void defaultsAreNotWrittenIntoThePayload() {
    EventSchema schema = schema("{'properties':{'a':{'type':'integer','default':5}}}");
    var payload = JsonMapper.shared().readTree("{}");
    assertThat(schema.violation(payload)).isEmpty();
    assertThat(payload).isEmpty();
  }

  @Test
  void severalViolationsAreListedUpToThree() {
    EventSchema schema = schema("{'additionalProperties':{'type':'integer'}}");
    var payload =
        JsonMapper.shared()
            .readTree("{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\",\"e\":\"5\"}");
    assertThat(schema.violation(payload).orElseThrow())
        .contains("payload/a - string found, integer expected", "payload/c", "and 2 more")
        .doesNotContain("payload/d");
  }

  @Test
  void aSchemaThatLeavesTheDocumentIsRefused() {
    assertThatThrownBy(() -> schema("{'$ref':'https://example.com/other.json'}"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("within the document");
  }

  private static boolean violates(String schema, String payload) {
    return schema(schema)
        .violation(JsonMapper.shared().readTree(payload.replace('\'', '"')))
        .isPresent();
  }

  private static EventSchema schema(String text) {
    return EventSchema.check(text.replace('\'', '"'));
  }
}
