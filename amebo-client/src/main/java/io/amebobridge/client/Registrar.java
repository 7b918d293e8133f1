package io.amebobridge.client;

import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Registers, and where the name is taken compares what is there: the same is fine. Blocking; every
 * step may be repeated.
 */
final class Registrar {
  /** Which of them a server says for a duplicate depends on the route and on its database. */
  private static final Set<Integer> TAKEN = Set.of(406, 409, 426);

  private static final int PAGE = 1000;

  private final HttpTransport http;
  private final @Nullable Tokens tokens;
  private final boolean upstream;

  Registrar(HttpTransport http, @Nullable Tokens tokens, boolean upstream) {
    this.http = http;
    this.tokens = tokens;
    this.upstream = upstream;
  }

  void register(ApplicationSpec spec) throws InterruptedException {
    String what = "Registering the application " + spec.application();
    HttpAnswer answer =
        post(
            "v1/applications",
            Json.object(
                g -> {
                  g.writeStringProperty("application", spec.application());
                  g.writeStringProperty("address", spec.address());
                  g.writeStringProperty("secret", spec.secret().reveal());
                }));
    if (answer.ok()) return;
    if (!TAKEN.contains(answer.status())) throw answer.failure(what);
    String address = addressOf(spec.application(), what, answer);
    if (!sameAddress(address, spec.address())) {
      throw new AmeboException.Refused(
          what
              + ": it is there with the address "
              + address
              + ", not "
              + spec.address()
              + "; change the address there, or register under another name",
          answer.status());
    }
    if (!upstream) checkSecret(spec, what);
  }

  /** An upstream server stores an address without a path with a slash at its end. */
  private static boolean sameAddress(String there, String wanted) {
    HttpUrl a = HttpUrl.parse(there);
    return there.equals(wanted) || (a != null && a.equals(HttpUrl.parse(wanted)));
  }

  /** Servers don't tell secrets; that a token is given for this one shows that it is the same. */
  private void checkSecret(ApplicationSpec spec, String what) throws InterruptedException {
    try {
      Blocking.await(
          Tokens.check(http, Credentials.application(spec.application(), spec.secret())));
    } catch (AmeboException.Denied e) {
      throw new AmeboException.Refused(
          what + ": it is there with another secret; use that one, or rotate it on the server",
          409);
    }
  }

  void register(ActionSpec spec) throws InterruptedException {
    String what = "Registering the action " + spec.action();
    String invalid = Json.invalid(spec.schemata());
    if (invalid != null) {
      throw new AmeboException.Refused(what + ": the schema can't be sent: " + invalid, 400);
    }
    HttpAnswer answer =
        post(
            "v1/actions",
            Json.object(
                g -> {
                  g.writeStringProperty("action", spec.action());
                  g.writeStringProperty("application", spec.application());
                  g.writeName("schemata");
                  g.writeRawValue(spec.schemata());
                  g.writeStringProperty("secret", spec.secret().reveal());
                }));
    if (answer.ok()) return;
    if (!TAKEN.contains(answer.status())) throw answer.failure(what);
    JsonNode there = find("v1/actions", "action", spec.action());
    if (there == null) throw answer.failure(what);
    String owner = there.path("application").asString("");
    if (!owner.equals(spec.application())) {
      throw new AmeboException.Refused(
          what + ": it belongs to the application " + owner + ", not " + spec.application(),
          answer.status());
    }
    String differs =
        JsonDifference.first(schema(there.path("schemata")), Json.MAPPER.readTree(spec.schemata()));
    if (differs != null) {
      throw new AmeboException.Refused(
          what
              + ": it is there with another schema ("
              + differs
              + "); update the schema on the server, or register a new action",
          answer.status());
    }
  }

  void register(SubscriptionSpec spec) throws InterruptedException {
    String what = "Subscribing " + spec.application() + " to " + spec.action();
    if (upstream && !SubscriptionSpec.LATEST.equals(spec.start())) {
      throw new AmeboException.Refused(
          what + ": an upstream Amebo server can only start at latest, not " + spec.start(), 400);
    }
    HttpAnswer answer =
        post(
            "v1/subscriptions",
            Json.object(
                g -> {
                  g.writeStringProperty("application", spec.application());
                  g.writeStringProperty("action", spec.action());
                  g.writeStringProperty("handler", spec.handler());
                  g.writeStringProperty("secret", spec.secret().reveal());
                  g.writeNumberProperty("max_retries", spec.maxRetries());
                  if (!upstream) g.writeStringProperty("start", spec.start());
                }));
    if (answer.ok()) return;
    if (answer.status() == 417) {
      throw new AmeboException.Denied(what + ": 417, unknown application or wrong secret");
    }
    if (!TAKEN.contains(answer.status()) || !subscribed(spec, what, answer)) {
      throw answer.failure(what);
    }
  }

  private boolean subscribed(SubscriptionSpec spec, String what, HttpAnswer taken)
      throws InterruptedException {
    String endpoint =
        spec.handler().startsWith("/")
            ? addressOf(spec.application(), what, taken).replaceAll("/+$", "") + spec.handler()
            : spec.handler();
    HttpUrl.Builder url = http.url("v1/subscriptions");
    UpstreamQuery.add(url, "application", spec.application());
    UpstreamQuery.add(url, "action", spec.action());
    return first(
            url,
            row ->
                row.path("application").asString("").equals(spec.application())
                    && row.path("action").asString("").equals(spec.action())
                    && Set.of(endpoint, spec.handler()).contains(row.path("endpoint").asString("")))
        != null;
  }

  private String addressOf(String application, String what, HttpAnswer taken)
      throws InterruptedException {
    JsonNode there = find("v1/applications", "application", application);
    if (there == null) throw taken.failure(what);
    return there.path("address").asString("");
  }

  /** The row with exactly this name; servers also list those that are like it. */
  private @Nullable JsonNode find(String path, String field, String name)
      throws InterruptedException {
    return first(
        UpstreamQuery.add(http.url(path), field, name),
        row -> Objects.equals(row.path(field).asString(""), name));
  }

  /** Looks through all pages of a list; what an upstream server lists is one page. */
  private @Nullable JsonNode first(HttpUrl.Builder url, Predicate<JsonNode> wanted)
      throws InterruptedException {
    if (!upstream) url.addQueryParameter("limit", String.valueOf(PAGE));
    for (int page = 1; ; page++) {
      if (!upstream) url.setQueryParameter("page", String.valueOf(page));
      JsonNode rows = list(url.build());
      for (JsonNode row : rows) {
        if (wanted.test(row)) return row;
      }
      if (upstream || rows.size() < PAGE) return null;
    }
  }

  private JsonNode list(HttpUrl url) throws InterruptedException {
    HttpAnswer answer =
        Blocking.await(
            tokens == null ? http.get(url, null) : tokens.with(token -> http.get(url, token)));
    JsonNode json = answer.status() == 200 ? answer.json() : null;
    if (json == null || !json.isArray()) throw answer.failure("Reading what is registered");
    return json;
  }

  /** An upstream server may give the schema as a JSON string that holds JSON. */
  private static JsonNode schema(JsonNode value) {
    return value.isString() ? Json.MAPPER.readTree(value.stringValue()) : value;
  }

  private HttpAnswer post(String path, byte[] json) throws InterruptedException {
    JsonBody body = JsonBody.of(json);
    return Blocking.await(
        tokens == null
            ? http.post(path, body, null)
            : tokens.with(token -> http.post(path, body, token)));
  }
}
