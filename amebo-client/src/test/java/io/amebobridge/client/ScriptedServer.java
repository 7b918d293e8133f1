package io.amebobridge.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers per route as a test says, and keeps what was asked. */
final class ScriptedServer implements AutoCloseable {
  static {
    // Else each answer waits 40 ms for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** What came in. */
  record Asked(String route, String query, Map<String, List<String>> headers, String body) {
    String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? "" : values.get(0);
    }
  }

  /** Answers one request. */
  interface Script {
    void answer(HttpExchange exchange, Asked asked) throws Exception;
  }

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Script> routes = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  ScriptedServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.setExecutor(threads);
    server.start();
  }

  /** Our server, with tokens that are always given. */
  static ScriptedServer ours() throws IOException {
    ScriptedServer s = new ScriptedServer();
    s.on(
        "GET /v1/status",
        200,
        "{\"kind\":\"amebo-bridge\",\"version\":\"9\",\"maxPayloadBytes\":99}");
    s.on("POST /v1/tokens", 202, "{\"token\":\"t1\",\"expires_in\":3600}");
    return s;
  }

  static ScriptedServer upstream() throws IOException {
    ScriptedServer s = new ScriptedServer();
    s.on("GET /v1/applications", 200, "[]");
    return s;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void on(String route, Script script) {
    routes.put(route, script);
  }

  void on(String route, int status, String body, String... headers) {
    on(route, (exchange, request) -> reply(exchange, status, body, headers));
  }

  List<Asked> asked(String route) {
    return asked.stream().filter(a -> a.route().equals(route)).toList();
  }

  static void reply(HttpExchange exchange, int status, String body, String... headers)
      throws IOException {
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String query = exchange.getRequestURI().getRawQuery();
    Asked request =
        new Asked(
            exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath(),
            query == null ? "" : query,
            Map.copyOf(exchange.getRequestHeaders()),
            body);
    asked.add(request);
    Script script = routes.get(request.route());
    try {
      if (script == null) reply(exchange, 404, "not found");
      else script.answer(exchange, request);
    } catch (Exception e) {
      exchange.close();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
