package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The pages for people, as a browser without scripts sees them. */
class PagesTest extends ServerTest {
  private static final HttpClient BROWSER = HttpClient.newHttpClient();

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.uri() + path));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private HttpResponse<String> form(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.uri() + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpRequest built = request.build();
    HttpResponse<String> answer = BROWSER.send(built, HttpResponse.BodyHandlers.ofString());
    Described.check(server.uri(), BROWSER, built.method(), answer);
    return answer;
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private String cookie() throws Exception {
    String password = URLEncoder.encode(Wire.ADMIN_PASSWORD, StandardCharsets.UTF_8);
    HttpResponse<String> answer = form("/login", "username=admin&password=" + password);
    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(header(answer, "Location")).isEqualTo("/p/overview");
    assertThat(header(answer, "Set-Cookie"))
        .contains("HttpOnly", "SameSite=Strict")
        .doesNotContain("Secure");
    return header(answer, "Set-Cookie").split(";", 2)[0];
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"overview", "events", "actions", "subscriptions", "applications", "gists"})
  void showsWhatIsThereAndEscapesIt(String page) throws Exception {
    receiver.answer(500);
    Fixture.subscribe(admin, "user.*", ",\"description\":\"<script>alert(1)</script>\"");
    publish("<img src=x onerror=alert(1)>", "{\"id\":1,\"email\":\"</td><script>alert(1)\"}");
    HttpResponse<String> answer = get("/p/" + page, "Cookie", cookie());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Security-Policy"))
        .contains("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    assertThat(answer.body()).doesNotContain("<script", "<img");
    if (page.equals("events")) {
      assertThat(answer.body()).contains("user.created", "&lt;img src=x", "&lt;/td&gt;&lt;script");
    } else if (page.equals("subscriptions")) {
      assertThat(answer.body()).contains("&lt;script&gt;", "mailer", "user.*");
    }
  }

  @Test
  void theStyleIsTheOneThatThePolicyNames() throws Exception {
    HttpResponse<String> answer = get("/");
    Matcher style = Pattern.compile("(?s)<style>(.*)</style>").matcher(answer.body());
    assertThat(style.find()).isTrue();
    byte[] hash =
        java.security.MessageDigest.getInstance("SHA-256")
            .digest(style.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(header(answer, "Content-Security-Policy"))
        .contains("'sha256-" + java.util.Base64.getEncoder().encodeToString(hash) + "'");
  }

  @Test
  void showsThePagesOfALongList() throws Exception {
    publish(120);
    String cookie = cookie();
    String first = get("/p/events", "Cookie", cookie).body();
    assertThat(first).contains("{&quot;id&quot;:120}", "/p/events?page=2");
    String last = get("/p/events?page=3", "Cookie", cookie).body();
    assertThat(last).contains("{&quot;id&quot;:1}", "{&quot;id&quot;:20}", "/p/events?page=2");
    assertThat(last).doesNotContain("{&quot;id&quot;:21}", "page=4");
    assertThat(get("/p/events?page=99999999999", "Cookie", cookie).statusCode()).isEqualTo(200);
  }

  @Test
  void withoutALoginThereIsOnlyTheLoginPage() throws Exception {
    for (String cookie : new String[] {"x=y", "Authentication=", "Authentication=a.b.c"}) {
      HttpResponse<String> answer = get("/p/events", "Cookie", cookie);
      assertThat(answer.statusCode()).isEqualTo(307);
      assertThat(header(answer, "Location")).isEqualTo("/");
    }
    String application = admin.application("shop", Fixture.SECRET).token();
    assertThat(get("/p/events", "Cookie", "Authentication=" + application).statusCode())
        .as("an application's token")
        .isEqualTo(307);
    assertThat(get("/").body()).contains("action=\"/login\"", "type=\"password\"");
    HttpResponse<String> wrong = form("/login", "username=admin&password=wrong");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.body()).contains("password is wrong", "action=\"/login\"");
    assertThat(header(wrong, "Set-Cookie")).isEmpty();
    assertThat(get("/p/nothing", "Cookie", cookie()).statusCode()).isEqualTo(404);
  }

  /** Else any site could have its reader's browser write. */
  @Test
  void theCookieIsNoTokenForTheApi() throws Exception {
    String cookie = cookie();
    assertThat(get("/v1/events", "Cookie", cookie).statusCode()).isEqualTo(401);
    HttpRequest write =
        HttpRequest.newBuilder(URI.create(server.uri() + "/v1/applications"))
            .header("Cookie", cookie)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    assertThat(BROWSER.send(write, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(401);
  }

  @Test
  void anotherSitesFormLogsNobodyInOrOut() throws Exception {
    assertThat(form("/login", "username=a&password=b", "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    assertThat(form("/logout", "", "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
    HttpResponse<String> out = form("/logout", "", "Sec-Fetch-Site", "same-origin");
    assertThat(out.statusCode()).isEqualTo(303);
    assertThat(header(out, "Set-Cookie")).contains("Authentication=;", "Max-Age=0");
  }

  @Test
  void theCookieIsForTlsWhereThereIsTls() throws Exception {
    String password = URLEncoder.encode(Wire.ADMIN_PASSWORD, StandardCharsets.UTF_8);
    HttpResponse<String> answer =
        form("/login", "username=admin&password=" + password, "X-Forwarded-Proto", "https");
    assertThat(header(answer, "Set-Cookie")).endsWith("; Secure");
  }

  @Test
  void theDocumentationShowsEveryRouteAndNeedsNothingFromElsewhere() throws Exception {
    String page = get("/docs").body();
    JsonNode document = admin.get("/openapi.json").json();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            assertThat(page)
                                .contains(
                                    "id=\""
                                        + method.getValue().path("operationId").asString()
                                        + "\"",
                                    method.getKey().toUpperCase(java.util.Locale.ROOT)
                                        + " "
                                        + path.getKey())));
    assertThat(page).doesNotContain("<script", "<link", "src=", "http://", "url(");
    assertThat(page).contains("curl -X POST -H &quot;Authorization: Bearer $TOKEN&quot;");
  }
}
