package io.amebobridge.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.Secret;
import io.amebobridge.client.StoredEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An Amebo server in memory, over real HTTP: as ours, or as an upstream one with its quirks. It
 * knows every action, and fails as it is told. Thread-safe.
 */
public final class FakeAmebo implements AutoCloseable {
  static {
    // Else each answer waits 40 ms for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  public static final String APPLICATION = "legacy-bridge";
  public static final Secret SECRET = Secret.of("fake-amebo-secret-1");

  /** A payload that contains this text violates every schema. */
  public static final String REJECTED = "against-the-schema";

  /** A request to publish that contains this text is refused as a whole, with 400. */
  public static final String POISON = "poison-for-the-request";

  /** Our server's limit, small enough to exceed in a test. */
  public static final int MAX_PAYLOAD_BYTES = 64 * 1024;

  private static final int UPSTREAM_INDEX_LIMIT = 2700;
  private static final int UPSTREAM_LIST_LIMIT = 15;

  /** An answer; headers as name, value, name, value. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(int status, String body, String... headers) {}

  private final boolean upstream;
  private final FakeAmeboLog log = new FakeAmeboLog();
  private final Queue<AmeboFault> next = new ConcurrentLinkedQueue<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger tooLarge = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final AtomicInteger tokens = new AtomicInteger();
  private volatile @Nullable AmeboFault always;
  private volatile boolean denying;
  private volatile int maxRequestBytes = Integer.MAX_VALUE;
  private @Nullable HttpServer server;
  private @Nullable ExecutorService threads;
  private int port;

  private FakeAmebo(boolean upstream) {
    this.upstream = upstream;
    start();
  }

  /** As the server of amebo-bridge. */
  public static FakeAmebo ours() {
    return new FakeAmebo(false);
  }

  /** As an upstream Amebo server on PostgreSQL. */
  public static FakeAmebo upstream() {
    return new FakeAmebo(true);
  }

  public synchronized String url() {
    return "http://127.0.0.1:" + port;
  }

  public static Credentials credentials() {
    return Credentials.application(APPLICATION, SECRET);
  }

  /** A client of this server; the caller closes it. */
  public AmeboHttpClient client() {
    return AmeboHttpClient.builder(url(), credentials()).build();
  }

  /** What is stored, in commit order. */
  public List<StoredEvent> events() {
    return log.all();
  }

  /** Requests to publish received, with those that failed. */
  public int requests() {
    return requests.get();
  }

  /** Requests to publish that got a 413 for their size. */
  public int tooLarge() {
    return tooLarge.get();
  }

  /** The most requests to publish that were under way at once. */
  public int mostAtOnce() {
    return mostAtOnce.get();
  }

  /** The next requests to publish fail like this, one each; after them the server is well. */
  public void failNext(int times, AmeboFault fault) {
    for (int i = 0; i < times; i++) next.add(fault);
  }

  /** Every request to publish fails like this until {@link #heal}. */
  public void failAlways(AmeboFault fault) {
    always = fault;
  }

  /** Credentials are wrong from now on, and tokens given before are no longer good. */
  public void deny() {
    denying = true;
  }

  /** Tokens given before are no longer good. */
  public void revokeTokens() {
    tokens.incrementAndGet();
  }

  /** A larger request gets a 413, as a proxy in front may do. */
  public void maxRequestBytes(int bytes) {
    maxRequestBytes = bytes;
  }

  /** Ends all faults. */
  public void heal() {
    next.clear();
    always = null;
    denying = false;
    maxRequestBytes = Integer.MAX_VALUE;
  }

  /** Connections are refused from now on; what is stored stays. */
  public synchronized void stop() {
    if (server != null) server.stop(0);
    if (threads != null) threads.shutdownNow();
    server = null;
    threads = null;
  }

  /** Listens again, on the same port. */
  public synchronized void start() {
    if (server != null) return;
    try {
      HttpServer s =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      ExecutorService t = Executors.newCachedThreadPool();
      s.createContext("/", this::serve);
      s.setExecutor(t);
      s.start();
      server = s;
      threads = t;
      port = s.getAddress().getPort();
    } catch (IOException e) {
      throw new IllegalStateException("The fake Amebo could not listen on port " + port, e);
    }
  }

  @Override
  public void close() {
    stop();
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String route = exchange.getRequestMethod() + " " + path;
    try {
      if (!route.startsWith("POST /v1/events")) {
        reply(exchange, other(exchange, route));
        return;
      }
      publish(exchange, route, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.close();
    } catch (RuntimeException e) {
      reply(exchange, error(500, String.valueOf(e)));
    }
  }

  private void publish(HttpExchange exchange, String route, byte[] body)
      throws IOException, InterruptedException {
    requests.incrementAndGet();
    AmeboFault fault = next.poll();
    if (fault == null) fault = always;
    // It ends before the answer goes out: after it the client may already send the next.
    Semaphore underWay = new Semaphore(1);
    mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
    AmeboFault.Work work =
        () -> {
          Answer answer = published(exchange, route, body);
          if (underWay.tryAcquire()) running.decrementAndGet();
          return answer;
        };
    try {
      if (fault != null) fault.apply(exchange, work);
      else reply(exchange, work.run());
    } finally {
      if (underWay.tryAcquire()) running.decrementAndGet();
    }
  }

  private Answer published(HttpExchange exchange, String route, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    if (!"application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      return error(418, "Content-Type");
    }
    if (denying || (!upstream && !authorized(exchange))) return error(401, "not you");
    if (body.length > maxRequestBytes) {
      tooLarge.incrementAndGet();
      return error(413, "the request is too large");
    }
    if (text.contains(POISON)) return error(400, "the request is malformed");
    JsonNode json;
    try {
      json = FakeAmeboLog.JSON.readTree(text);
    } catch (JacksonException e) {
      return error(upstream ? 500 : 400, "the request is no JSON");
    }
    if (upstream) return route.equals("POST /v1/events") ? upstreamEvent(json) : error(404, "");
    return switch (route) {
      case "POST /v1/events" -> ourEvent(json);
      case "POST /v1/events/batch" -> ourBatch(json);
      default -> error(404, "");
    };
  }

  private Answer ourEvent(JsonNode json) {
    ObjectNode result = ourResult(json);
    String status = result.path("status").asString("");
    if (status.equals("rejected")) {
      return error(result.path("code").asInt(), result.path("error").asString(""));
    }
    String body = result.toString();
    return status.equals("duplicate")
        ? new Answer(201, body, "X-Amebo-Duplicate", "true")
        : new Answer(201, body);
  }

  private Answer ourBatch(JsonNode json) {
    ObjectNode answer = FakeAmeboLog.JSON.createObjectNode();
    ArrayNode results = answer.putArray("results");
    // One transaction: no other request's events come between these.
    synchronized (log) {
      for (JsonNode item : json) results.add(ourResult(item));
    }
    return new Answer(200, answer.toString());
  }

  private ObjectNode ourResult(JsonNode sent) {
    ObjectNode result = FakeAmeboLog.JSON.createObjectNode();
    JsonNode json = FakeAmeboLog.unwrapped(sent);
    if (json == null) {
      return result.put("status", "rejected").put("code", 400).put("error", "payload - no JSON");
    }
    String payload = json.path("payload").toString();
    if (payload.getBytes(StandardCharsets.UTF_8).length > MAX_PAYLOAD_BYTES) {
      return result.put("status", "rejected").put("code", 413).put("error", "too large");
    }
    if (payload.contains(REJECTED)) {
      return result.put("status", "rejected").put("code", 406).put("error", "payload - invalid");
    }
    FakeAmeboLog.Appended appended = log.append(json);
    result.put("event", appended.event().event());
    return switch (appended.outcome()) {
      case STORED -> result.put("status", "accepted");
      case SAME -> result.put("status", "duplicate");
      case CONFLICT -> result.put("status", "rejected").put("code", 409).put("error", "conflict");
    };
  }

  private Answer upstreamEvent(JsonNode sent) {
    for (String field : List.of("action", "secret", "deduper", "sleep_until", "payload")) {
      if (!sent.has(field)) return error(400, field + " - field required");
    }
    JsonNode sentPayload = sent.path("payload");
    JsonNode json = FakeAmeboLog.unwrapped(sent);
    if (json == null || !(sentPayload.isObject() || sentPayload.isString())) {
      return error(400, "payload - neither an object nor a string of JSON");
    }
    if (FakeAmeboLog.text(json, "deduper") == null) return error(400, "deduper - not a string");
    String payload = json.path("payload").toString();
    if (payload.contains(REJECTED)) return error(406, "payload - invalid");
    if (payload.getBytes(StandardCharsets.UTF_8).length > UPSTREAM_INDEX_LIMIT) {
      return new Answer(500, "Internal Server Error");
    }
    FakeAmeboLog.Appended appended = log.appendUpstream(json);
    boolean stored = appended.outcome() == FakeAmeboLog.Outcome.STORED;
    // Stored all the same, and then it can't answer.
    boolean answers = json.path("sleep_until").asLong(0) > 0;
    return stored && answers
        ? new Answer(201, "{\"event\":" + appended.event().event() + "}")
        : new Answer(500, "Internal Server Error");
  }

  private Answer other(HttpExchange exchange, String route) {
    return switch (route) {
      case "GET /v1/status" -> upstream ? error(404, "Not Found") : status();
      case "POST /v1/tokens" ->
          denying
              ? error(401, "not you")
              : new Answer(202, "{\"token\":\"fake-" + tokens.get() + "\",\"expires_in\":3600}");
      case "GET /v1/applications" -> new Answer(200, "[]");
      case "GET /v1/events" -> list(exchange);
      default -> error(404, "Not Found");
    };
  }

  private static Answer status() {
    return new Answer(
        200,
        "{\"kind\":\"amebo-bridge\",\"version\":\"fake\",\"maxPayloadBytes\":"
            + MAX_PAYLOAD_BYTES
            + "}");
  }

  private boolean authorized(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    return ("Bearer fake-" + tokens.get()).equals(given);
  }

  private Answer list(HttpExchange exchange) {
    if (!upstream && (denying || !authorized(exchange))) return error(401, "not you");
    String action = parameter(exchange, "action");
    String deduper = parameter(exchange, "deduper");
    String after = parameter(exchange, "after");
    String limit = parameter(exchange, "limit");
    List<String> rows = new ArrayList<>();
    for (StoredEvent e : events()) {
      if (action != null && !action.equals(e.action())) continue;
      if (deduper != null && !deduper.equals(e.deduper())) continue;
      if (!upstream && after != null && e.event() <= Long.parseLong(after)) continue;
      rows.add(row(e));
    }
    int most = upstream || limit == null ? UPSTREAM_LIST_LIMIT : Integer.parseInt(limit);
    return new Answer(200, rows.stream().limit(most).toList().toString());
  }

  private String row(StoredEvent e) {
    ObjectNode row = FakeAmeboLog.JSON.createObjectNode();
    row.put("event", e.event()).put("action", e.action()).put("deduper", e.deduper());
    if (upstream) row.put("payload", e.payload());
    else row.set("payload", FakeAmeboLog.JSON.readTree(e.payload()));
    return row.put("timestamped", e.timestamped().toString()).toString();
  }

  /** An upstream server compares what is on the wire, percent escapes and all. */
  private @Nullable String parameter(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getRawQuery();
    if (query == null) return null;
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        String value = pair.substring(name.length() + 1);
        return upstream ? value : URLDecoder.decode(value, StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  private static Answer error(int status, String why) {
    return new Answer(status, FakeAmeboLog.JSON.createObjectNode().put("error", why).toString());
  }

  static void reply(HttpExchange exchange, Answer answer) throws IOException {
    for (int i = 0; i < answer.headers.length; i += 2) {
      exchange.getResponseHeaders().add(answer.headers[i], answer.headers[i + 1]);
    }
    byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
