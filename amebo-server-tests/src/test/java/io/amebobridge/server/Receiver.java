package io.amebobridge.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A webhook receiver that keeps what it got and answers what it is told to. */
final class Receiver implements AutoCloseable {
  /**
   * One call.
   *
   * @param headers by lower-case name
   */
  record Call(String path, Map<String, String> headers, String body) {
    long event() {
      return Long.parseLong(headers.get("x-amebo-event"));
    }
  }

  /** What to answer. */
  record Answer(int status, Map<String, String> headers, byte[] body) {
    Answer(int status, Map<String, String> headers) {
      this(status, headers, new byte[0]);
    }

    static Answer of(int status) {
      return new Answer(status, Map.of());
    }
  }

  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private volatile Function<Call, Answer> behaviour = call -> Answer.of(200);
  private volatile boolean keeping = true;

  Receiver() throws IOException {
    this(0);
  }

  Receiver(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  int port() {
    return server.getAddress().getPort();
  }

  void answer(Function<Call, Answer> with) {
    behaviour = with;
  }

  void answer(int status) {
    behaviour = call -> Answer.of(status);
  }

  /** For long runs: calls are handed to the behaviour and forgotten. */
  void keepNothing() {
    keeping = false;
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  List<Long> events() {
    return calls().stream().map(Call::event).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((k, v) -> headers.put(k.toLowerCase(java.util.Locale.ROOT), v.get(0)));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Call call = new Call(exchange.getRequestURI().toString(), headers, body);
    if (keeping) {
      calls.add(call);
    }
    Answer answer = behaviour.apply(call);
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    int length = answer.body().length;
    exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
    if (length > 0) {
      exchange.getResponseBody().write(answer.body());
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
