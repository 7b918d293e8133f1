package io.amebobridge.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static final String D2020 = "'$schema':'https://json-schema.org/draft/2020-12/schema'";

  // before | after | what is said; nothing: it is as wide
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'additionalProperties':{'type':'integer'}}|{'additionalProperties':{'type':'integer'}}|",
        "{}|{'additionalProperties':{'type':'integer'}}|/* was any value",
        "{'additionalProperties':true}|{'additionalProperties':{'type':'integer'}}|/* was any value",
        "{'additionalProperties':{}}|{'additionalProperties':{'type':'integer'}}|/* was any value",
        "{'additionalProperties':{'type':'number'}}|{'additionalProperties':{'type':'integer'}}|/* must be",
        "{'additionalProperties':{'type':'integer'}}|{'additionalProperties':{'type':'number'}}|",
        "{'additionalProperties':{'type':'integer'}}|{'additionalProperties':{'type':'integer','minimum':1}}|/* has another",
        "{'additionalProperties':{'type':'integer'}}|{}|",
        "{'additionalProperties':{'type':'integer'}}|{'additionalProperties':true}|",
        "{'additionalProperties':{'type':'integer'}}|{'additionalProperties':{'title':'x'}}|",
        "{'additionalProperties':{'type':'integer'}}|{'additionalProperties':false}|no longer allows additional",
        "{'additionalProperties':false}|{'additionalProperties':{'type':'integer'}}|",
        "{'additionalProperties':false}|{'additionalProperties':false,'properties':{'a':{'type':'string'}}}|",
        "{'additionalProperties':{'type':'integer'}}|{'properties':{'a':{'type':'string'}}}|/a must be",
        "{'additionalProperties':{'type':'integer'}}|{'properties':{'a':{'type':'number'}}}|",
        "{'additionalProperties':{'type':'integer'}}|{'properties':{'a':false}}|/a is no longer allowed",
        "{'properties':{'a':{'type':'integer'}}}|{'additionalProperties':{'type':'string'}}|/a must be",
        "{'properties':{'a':{'type':'integer'}},'additionalProperties':{'type':'number'}}|{'additionalProperties':{'type':'number'}}|",
        "{'properties':{'a':{'type':'integer'}}}|{}|",
        "{'properties':{'a':{}},'additionalProperties':false}|{'additionalProperties':false}|/a is no longer allowed",
        "{'properties':{'a':{}}}|{'properties':{'a':false}}|/a is no longer allowed",
        "{'properties':{'a':false}}|{'properties':{'a':{'type':'string'}}}|",
        "{'patternProperties':{'^x':{'type':'integer'}},'additionalProperties':false}|{'additionalProperties':false}|/^x is no longer allowed",
        "{'patternProperties':{'^x':{'type':'integer'}}}|{}|",
        "{'patternProperties':{'^x':{}},'additionalProperties':false}|{'patternProperties':{'^x':{},'^xy':{'type':'integer'}},'additionalProperties':false}|/^xy was any value",
        "{'patternProperties':{'^x':{'type':'integer'}}}|{'additionalProperties':{'type':'string'}}|/^x must be",
        "{'patternProperties':{'^x':{'type':'integer'}}}|{'patternProperties':{'^x':{'type':'number'}}}|",
        "{'patternProperties':{'^x':{'type':'number'}}}|{'patternProperties':{'^x':{'type':'integer'}}}|/^x must be",
        "{}|{'patternProperties':{'^x':{'type':'integer'}}}|/^x was any value",
        "{'properties':{'x1':{}}}|{'patternProperties':{'^x':{'type':'integer'}}}|/^x was any value",
        "{'additionalProperties':false}|{'additionalProperties':false,'patternProperties':{'^x':{'type':'integer'}}}|",
        "{'patternProperties':{'^x':{'type':'integer'}},'additionalProperties':false}|{'properties':{'x1':{'type':'string'}},'patternProperties':{'^x':{'type':'integer'}},'additionalProperties':false}|/x1 must be",
        "{'properties':{'x1':{'type':'string'}}}|{'patternProperties':{'^x':{'type':'string'}},'additionalProperties':true}|/^x was any value",
        "{'properties':{'a':{'additionalProperties':true}}}|{'properties':{'a':{'additionalProperties':{'type':'null'}}}}|/a/* was any value",
        "{'$ref':'#/definitions/a','type':'string','definitions':{'a':{}}}|{'type':'string','definitions':{'a':{}}}|no longer has \"$ref\"",
        "{D,'prefixItems':[{'type':'string'}],'items':{'type':'integer'}}|{D,'items':{'type':'integer'}}|no longer has \"prefixItems\"",
        "{D,'contains':{'type':'string'},'minContains':0}|{D,'contains':{'type':'string'}}|no longer has \"minContains\"",
        "{D,'allOf':[{'properties':{'a':{}}}],'unevaluatedProperties':false}|{D,'unevaluatedProperties':false}|no longer has \"allOf\"",
        "{'dependentRequired':{'a':['b']}}|{D,'dependentRequired':{'a':['b']}}|another draft",
        "{'type':'object'}|{'$schema':'http://json-schema.org/draft-07/schema#','type':'object'}|",
        "{'type':'object'}|true|",
      })
  void eachChangeIsJudged(String before, String after, @Nullable String says) {
    List<String> found =
        SchemaChange.narrower(
            json(before.replace("D,", D2020 + ",")), json(after.replace("D,", D2020 + ",")));
    if (says == null) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).anySatisfy(reason -> assertThat(reason).contains(says));
    }
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
