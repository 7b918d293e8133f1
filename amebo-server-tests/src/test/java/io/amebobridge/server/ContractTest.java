package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routes' status codes and refusals, one line each. */
@OnEveryDatabase
class ContractTest {
  @Parameter Engine engine;
  @TempDir static Path dir;
  private static AmeboServer server;
  private static Wire admin;
  private static Wire anonymous;
  private static Wire shop;
  private static Wire mailer;

  @BeforeParameterizedClassInvocation
  static void start(Engine engine) throws Exception {
    server = AmeboServer.start(Fixture.config(engine.migratedDsn(dir)).withMaxPayloadBytes(2048));
    admin = Wire.admin(server);
    anonymous = Wire.anonymous(server);
    Fixture.register(admin, "http://127.0.0.1:9");
    shop = admin.application("shop", Fixture.SECRET);
    mailer = admin.application("mailer", Fixture.OTHER_SECRET);
    Fixture.expect(
        201, admin.post("/v1/events", Fixture.event("user.created", "first", "{\"id\":1}")));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    server.close();
  }

  // quoteCharacter is a tilde, as the bodies have both kinds of quotes
  @ParameterizedTest(name = "{0} {1} {2} {3} -> {4}")
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "admin|POST|/v1/tokens|{'username':'admin','password':'correct horse battery'}|202|",
        "none|POST|/v8/tokens|{'username':'admin','password':'correct horse battery','scheme':'bearer'}|202|",
        "none|POST|/v1/tokens|{'username':'admin','password':'wrong'}|401|password is wrong",
        "none|POST|/v1/tokens|{'username':'other','password':'correct horse battery'}|401|password is wrong",
        "none|POST|/v1/tokens|{'application':'shop','secret':'wrong'}|401|secret is wrong",
        "none|POST|/v1/tokens|{'username':'admin'}|400|password - is required",
        "none|POST|/v1/tokens|{'username':|400|body - is not JSON: line 1",
        "none|POST|/v1/tokens|[1]|400|body - is not a JSON object",
        "none|POST|/v1/tokens/refresh||401|token from POST /v1/tokens is required",
        "shop|POST|/v1/tokens/refresh||202|",
        "none|GET|/v1/applications||401|is required",
        "none|GET|/v1/actions||401|is required",
        "none|GET|/v1/events||401|is required",
        "none|GET|/v1/subscriptions||401|is required",
        "none|GET|/v1/gists||401|is required",
        "none|POST|/v1/regists/1||401|is required",
        "forged|GET|/v1/events||401|not valid or has expired",
        "none|POST|/v1/applications|{'application':'x','address':'http://a','secret':'0123456789abcdefg'}|401|is required",
        "shop|POST|/v1/applications|{'application':'x','address':'http://a','secret':'0123456789abcdefg'}|403|only the administrator",
        "admin|POST|/v1/applications|{'application':'shop','address':'http://a','secret':'0123456789abcdefg'}|406|registered already",
        "admin|POST|/v1/applications|{'application':'x','address':'ftp://a','secret':'0123456789abcdefg'}|400|address - allowed: an http",
        "admin|POST|/v1/applications|{'application':'x','address':'http://a','secret':'short'}|400|secret - has 5 bytes",
        "admin|POST|/v1/applications|{'application':'a b','address':'http://a','secret':'0123456789abcdefg'}|400|application - allowed",
        "admin|POST|/v1/applications|{'application':'x','address':'http://10.0.0.1','secret':'0123456789abcdefg'}|400|not public",
        "admin|POST|/v1/applications|{'application':'x','address':'http://[fd00::1]/','secret':'0123456789abcdefg'}|400|not public",
        "none|PUT|/v1/applications/mailer|{'location':'http://127.0.0.1:10','secret':'another-application-secret'}|202|",
        "none|PUT|/v1/applications/mailer|{'location':'http://127.0.0.1:10','secret':'wrong'}|401|",
        "admin|PUT|/v1/applications/nobody|{'location':'http://127.0.0.1:10'}|404|not registered",
        "shop|PUT|/v1/applications/mailer|{'location':'http://127.0.0.1:10'}|403|not for mailer",
        "shop|POST|/v1/actions|{'action':'kept','application':'shop','schemata':{},'retention':{'age':'P30D','bytes':1000}}|201|",
        "shop|PUT|/v1/actions/kept|{'retention':{'age':'PT1H'}}|200|",
        "shop|PUT|/v1/actions/kept|{'retention':{}}|200|",
        "shop|PUT|/v1/actions/kept|{'retention':{'age':'30 days'}}|400|an ISO 8601 duration such as P30D",
        "shop|PUT|/v1/actions/kept|{'retention':{'bytes':-1}}|400|retention.bytes - got -1",
        "shop|PUT|/v1/actions/kept|{'retention':{'days':1}}|400|retention - got days, allowed: age, bytes",
        "none|POST|/v1/actions|{'action':'a','application':'shop','schemata':{},'secret':'wrong'}|401|",
        "none|POST|/v1/actions|{'action':'a','application':'nobody','schemata':{},'secret':'wrong'}|401|",
        "none|POST|/v1/actions|{'action':'user.created','application':'shop','schemata':{},'secret':'an-application's-secret'}|426|registered already",
        "mailer|POST|/v1/actions|{'action':'a','application':'shop','schemata':{}}|403|not for shop",
        "shop|POST|/v1/actions|{'action':'a','application':'shop','schemata':{'type':'objekt'}}|400|not a valid JSON Schema: /type",
        "shop|POST|/v1/actions|{'action':'a','application':'shop','schemata':'{'}|400|schemata - is not JSON",
        "shop|POST|/v1/actions|{'action':'a','application':'shop','schemata':[]}|400|not a JSON object",
        "shop|POST|/v1/actions|{'action':'a','application':'shop','schemata':{'$ref':'http://127.0.0.1:1/x'}}|400|within the document",
        "shop|POST|/v1/actions|{'action':'a','application':'shop','schemata':{'$ref':'file:///etc/passwd'}}|400|within the document",
        "shop|POST|/v1/actions|{'action':'a','application':'shop','schemata':{'$ref':'classpath:logback-test.xml'}}|400|within the document",
        "shop|POST|/v1/actions|{'action':'a','application':'shop','schemata':{'$schema':'http://x/y'}}|400|allowed: Draft 7",
        "shop|POST|/v1/actions|{'action':'text.schema','application':'shop','schemata':'{}'}|201|",
        "shop|GET|/v1/actions/user.created||200|",
        "shop|GET|/v1/actions/nothing||404|there is no nothing",
        "shop|PUT|/v1/actions/user.deleted|{'schemata':{'type':'object','required':['id','why'],'properties':{'id':{'type':'integer'},'email':{'type':'string'}}}}|409|/why becomes required",
        "shop|PUT|/v1/actions/user.deleted|{'schemata':{'type':'object'}}|200|",
        "shop|PUT|/v1/actions/user.deleted|{'schemata':{'type':'object','required':['why']},'force':true}|200|",
        "mailer|PUT|/v1/actions/user.deleted|{'schemata':{}}|403|",
        "none|POST|/v1/events|{'action':'user.created','payload':{'id':1}}|401|secret - is required",
        "none|POST|/v1/events|{'action':'user.created','secret':'wrong','deduper':'s','sleep_until':1,'payload':{'id':1}}|401|not that of application shop",
        "none|POST|/v1/events|{'action':'user.created','secret':'an-application's-secret','deduper':'s','sleep_until':1,'payload':{'id':1}}|201|",
        "mailer|POST|/v1/events|{'action':'user.created','payload':{'id':1}}|403|belongs to application shop, and the token to mailer",
        "shop|POST|/v1/events|{'action':'user.created','payload':{'id':1}}|201|",
        "shop|POST|/v1/events|{'action':'user.created','payload':'{`id`:1}'}|422|payload - is a string, but not one of JSON text",
        "shop|POST|/v1/events|{'action':'user.created','payload':'{\\'id\\':1}'}|201|",
        "shop|POST|/v1/events|{'action':'user.created','payload':null}|422|payload - is null, allowed",
        "shop|POST|/v1/events|{'payload':{}}|422|action - is required",
        "shop|POST|/v1/events|{'action':'nothing','payload':{}}|422|nothing is not registered",
        "shop|POST|/v1/events|{'action':'user.created','payload':{'id':'x'}}|406|payload/id - string found, integer expected",
        "shop|POST|/v1/events|{'action':'user.created','payload':{}}|406|required property 'id'",
        "shop|POST|/v1/events|{'action':'user.created','payload':[1]}|406|array found, object expected",
        "shop|POST|/v1/events|{'action':'user.created','sleep_until':'x','payload':{'id':1}}|422|sleep_until - is not an integer",
        "shop|POST|/v1/events|{'action':'user.created','source':{'system':'k'},'payload':{'id':1}}|422|source - allowed",
        "shop|POST|/v1/events|{'action':'user.created','payload':{'id':1}} x|400|body - is not JSON",
        "shop|POST|/v1/events|{'action':'user.created','deduper':'','payload':{'id':1}}|422|deduper - has 0 characters",
        "shop|POST|/v1/events||400|body - is empty",
        "shop|POST|/v1/events|{'action':'user.created','deduper':'first','payload':{'id':1}}|201|",
        "shop|POST|/v1/events|{'action':'user.created','deduper':'first','payload':{'id':2}}|409|event 1 of this action has it",
        "shop|GET|/v1/events/1||200|",
        "shop|GET|/v1/events/999999||404|there is no 999999",
        "shop|GET|/v1/events/x||404|there is no x",
        "mailer|GET|/v1/events/1||404|there is no 1",
        "shop|GET|/v1/events?page=0||400|page - got 0",
        "shop|GET|/v1/events?limit=x||400|limit - got x",
        "shop|GET|/v1/events?from=yesterday||400|from - got yesterday",
        "shop|POST|/v1/events/batch|[{'action':'user.created','payload':{'id':1}},]|400|body - is not JSON",
        "shop|POST|/v1/events/batch|[]|200|",
        "mailer|POST|/v1/events/batch|[{'action':'user.created','payload':{'id':1}}]|403|event 0 of the batch",
        "none|POST|/v1/events/batch|[{'action':'user.created','payload':{'id':1}}]|401|secret - is required",
        "none|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'/h','secret':'wrong','max_retries':3}|417|",
        "none|POST|/v1/subscriptions|{'application':'nobody','action':'user.created','handler':'/h','secret':'wrong','max_retries':3}|417|",
        "none|POST|/v1/subscriptions|{'application':'mailer','action':'nothing','handler':'/h','secret':'another-application-secret','max_retries':3}|426|not registered",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'/h','max_retries':0}|400|max_retries - got 0",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'/h','max_retries':10001}|400|1 to 10000",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'h'}|400|handler - allowed",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'http://169.254.169.254/x'}|400|not public",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'http://2130706433/x'}|400|handler - got the host 2130706433",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'/h','start':'now'}|400|allowed: latest, earliest",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'/h','start':{}}|400|allowed: latest, earliest",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'/h','start':'99999'}|400|beyond the newest",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'/first'}|201|",
        "mailer|POST|/v1/subscriptions|{'application':'mailer','action':'user.created','handler':'/first'}|426|registered already",
        "shop|PUT|/v1/subscriptions/1|{'max_retries':4}|403|",
        "shop|GET|/v1/subscriptions/1||403|",
        "mailer|PUT|/v1/subscriptions/99|{'max_retries':4}|404|",
        "shop|DELETE|/v1/subscriptions/1||403|",
        "mailer|DELETE|/v1/subscriptions/99||404|",
        "shop|GET|/v1/gists?state=lost||400|state - got lost",
        "shop|POST|/v1/regists/77||404|no delivery 77",
        "none|GET|/health||200|",
        "none|GET|/ready||200|",
        "none|GET|/metrics||200|",
        "none|GET|/v1/status||200|",
        "none|GET|/nothing||404|",
      })
  void answers(
      String who,
      String method,
      String path,
      @Nullable String body,
      int status,
      @Nullable String says) {
    String text =
        body == null
            ? (method.startsWith("P") ? "" : null)
            : body.replaceAll("'(?!s-secret)(?!id' from)", "\"").replace('`', '\'');
    Wire.Reply reply = who(who).send(method, path, text, "application/json");
    assertThat(reply.status()).as(reply.text()).isEqualTo(status);
    if (says != null) {
      assertThat(reply.error()).contains(says);
    }
  }

  private static Wire who(String name) {
    return switch (name) {
      case "admin" -> admin;
      case "shop" -> shop;
      case "mailer" -> mailer;
      case "forged" -> new Wire(server.uri(), admin.token() + "x");
      default -> anonymous;
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|201",
        "application/json; charset=utf-8|201",
        "Application/JSON|201",
        "text/plain|418",
        "application/x-www-form-urlencoded|418"
      })
  void takesJsonOnly(String type, int status) {
    String body = "{\"action\":\"user.created\",\"payload\":{\"id\":1}}";
    assertThat(shop.send("POST", "/v1/events", body, type).status()).isEqualTo(status);
  }

  @Test
  void aPayloadOverTheLimitIs413AndNamesTheLimit() {
    String payload = "{\"id\":1,\"email\":\"" + "x".repeat(2048) + "\"}";
    Wire.Reply reply =
        shop.post("/v1/events", "{\"action\":\"user.created\",\"payload\":" + payload + "}");
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.error()).contains("allowed: 2048");
    String huge = "{\"action\":\"user.created\",\"payload\":\"" + "x".repeat(300_000) + "\"}";
    assertThat(shop.post("/v1/events", huge).status()).isEqualTo(413);
  }

  @Test
  void theSecretIsShownOnceAndMaskedAfterwards() {
    Wire.Reply made =
        admin.post(
            "/v1/applications",
            "{\"application\":\"once\",\"address\":\"http://127.0.0.1:9\",\"secret\":\"shown-this-one-time\"}");
    assertThat(made.json().path("secret").asString()).isEqualTo("shown-this-one-time");
    assertThat(made.json().path("name").asString()).isEqualTo("once");
    Wire.Reply listed = admin.get("/v1/applications?application=once");
    assertThat(listed.text()).doesNotContain("shown-this-one-time").contains("****************");
  }

  @Test
  void statusSaysWhatItIsToEveryoneAndWhereItStandsToTheKnown() {
    assertThat(anonymous.get("/v1/status").json().path("kind").asString())
        .isEqualTo("amebo-bridge");
    assertThat(anonymous.get("/v1/status").json().path("maxPayloadBytes").asInt()).isEqualTo(2048);
    assertThat(anonymous.get("/v1/status").json().has("events")).isFalse();
    assertThat(admin.get("/v1/status").json().path("events").asLong()).isPositive();
  }

  @Test
  void anApplicationReadsOnlyItsOwn() {
    assertThat(shop.get("/v1/events").json()).isNotEmpty();
    Fixture.application(admin, "stranger", "http://127.0.0.1:9", "the-stranger-has-one");
    Wire stranger = admin.application("stranger", "the-stranger-has-one");
    assertThat(stranger.get("/v1/events").json()).isEmpty();
    assertThat(stranger.get("/v1/events?action=user.created").json()).isEmpty();
  }
}
