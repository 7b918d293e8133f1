package io.amebobridge.core.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.amebobridge.core.pump.PumpStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bridge's own port: {@code /health} (alive), {@code /ready} (source and Amebo both answer),
 * {@code /metrics} (Prometheus), {@code /status} (JSON). Read-only. Thread-safe.
 */
public final class BridgeHttp implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpServer server;
  private final ExecutorService threads;

  private BridgeHttp(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Listens.
   *
   * @param port 0 for any
   * @throws IOException if the port can't be had; the message names it
   */
  public static BridgeHttp start(
      String host, int port, Bridge bridge, PrometheusMeterRegistry metrics) throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 0);
    } catch (IOException e) {
      throw new IOException(
          "http: can't listen on "
              + host
              + ":"
              + port
              + ": "
              + e.getMessage()
              + "; choose another"
              + " http.port, or 0 for any",
          e);
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "bridge-http");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", exchange -> route(exchange, bridge, metrics));
    server.start();
    return new BridgeHttp(server, threads);
  }

  /** By the whole path: the JDK's own contexts would take {@code /statusx} for {@code /status}. */
  private static void route(HttpExchange exchange, Bridge bridge, PrometheusMeterRegistry metrics)
      throws IOException {
    switch (exchange.getRequestURI().getPath()) {
      case "/health" -> json(exchange, 200, Map.of("status", "alive"));
      case "/ready" -> {
        boolean ready = bridge.ready();
        json(exchange, ready ? 200 : 503, readiness(bridge, ready));
      }
      case "/status" -> json(exchange, 200, StatusJson.of(bridge));
      case "/metrics" -> answer(exchange, 200, "text/plain; version=0.0.4", metrics.scrape());
      default -> json(exchange, 404, Map.of("error", "not found"));
    }
  }

  private static Map<String, Object> readiness(Bridge bridge, boolean ready) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ready", ready);
    for (PumpStatus s : bridge.status()) body.put(s.source(), s.state().name());
    return body;
  }

  private static void json(HttpExchange exchange, int status, Object body) throws IOException {
    answer(exchange, status, "application/json", JSON.writeValueAsString(body));
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    try (exchange) {
      if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        exchange.getResponseHeaders().set("Allow", "GET");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
      if (!head) exchange.getResponseBody().write(bytes);
    }
  }

  /** Where it listens. */
  public URI uri() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
