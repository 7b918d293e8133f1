package io.amebobridge.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SchemaChangeTest {
  private static final String BASE =
      "{'type':'object','properties':{'id':{'type':'integer'},'kind':{'enum':['a','b']}},'required':['id']}";

  @Test
  void wideningIsFine() {
    assertWide(BASE);
    assertWide("{}");
    assertWide(BASE.replace("'required':['id']", "'title':'T'"));
    assertWide(BASE.replace("'integer'", "'number'"));
    assertWide(BASE.replace("'integer'", "['integer','null']"));
    assertWide(BASE.replace("['a','b']", "['a','b','c']"));
  }

  @Test
  void narrowingIsNamed() {
    assertNarrower(BASE.replace("['id']", "['id','kind']"), "/kind becomes required");
    assertNarrower(
        BASE.replace("'integer'", "'string'"), "/id must be \"string\" and was \"integer\"");
    assertNarrower(BASE.replace("['a','b']", "['a']"), "/kind allows fewer values");
    assertNarrower(
        BASE.replace("'required'", "'additionalProperties':false,'required'"),
        "no longer allows additional properties");
    assertNarrower(
        BASE.replace("'integer'", "'integer','minimum':1"), "/id has another \"minimum\"");
    assertNarrower(BASE.replace("'kind'", "'sort'"), "/sort was any value");
  }

  private static void assertWide(String after) {
    assertThat(SchemaChange.narrower(json(BASE), json(after))).isEmpty();
  }

  private static void assertNarrower(String after, String says) {
    assertThat(SchemaChange.narrower(json(BASE), json(after)))
        .anySatisfy(reason -> assertThat(reason).contains(says));
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
