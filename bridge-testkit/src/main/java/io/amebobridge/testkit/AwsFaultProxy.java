package io.amebobridge.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stands before a server of AWS's JSON protocol (SQS), and misbehaves as AWS documents it, which no
 * emulator does on demand: refuses, throttles, fails some entries of a batch, loses answers.
 * Thread-safe.
 */
public final class AwsFaultProxy implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final String target;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final List<Fault> faults = new ArrayList<>();

  /** What happens to some calls. */
  private static final class Fault {
    final String action;
    final String text;
    final How how;
    final int status;
    final String code;
    int left;

    Fault(String action, String text, How how, int status, String code, int times) {
      this.action = action;
      this.text = text;
      this.how = how;
      this.status = status;
      this.code = code;
      this.left = times;
    }
  }

  private enum How {
    REFUSE,
    FAIL_ENTRIES,
    LOSE_ANSWER
  }

  /** A proxy on a port of its own. */
  public AwsFaultProxy(String target) throws IOException {
    this.target = target;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** In the place of the server's. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How often an action was called, such as {@code ReceiveMessage}. */
  public int calls(String action) {
    AtomicInteger count = calls.get(action);
    return count == null ? 0 : count.get();
  }

  /**
   * The action is refused, so many times.
   *
   * @param text only requests whose body has it, such as a queue's name; empty: all
   * @param code such as {@code AccessDeniedException}
   */
  public void refuse(String action, String text, int status, String code, int times) {
    add(new Fault(action, text, How.REFUSE, status, code, times));
  }

  /**
   * Of the action's batches every second entry, from the first, fails and is not forwarded.
   *
   * @param status 400: the sender's fault; else the service's
   */
  public void failEntries(String action, int status, String code, int times) {
    add(new Fault(action, "", How.FAIL_ENTRIES, status, code, times));
  }

  /**
   * What the action answers is lost: it is done, and the connection ends.
   *
   * @param text only answers that have it, such as a body; empty: all
   */
  public void loseAnswer(String action, String text, int times) {
    add(new Fault(action, "", How.LOSE_ANSWER, 0, text, times));
  }

  /** All is well again. */
  public void heal() {
    synchronized (faults) {
      faults.clear();
    }
  }

  private void add(Fault fault) {
    synchronized (faults) {
      faults.add(fault);
    }
  }

  private @Nullable Fault faultOf(String action, String body) {
    synchronized (faults) {
      for (Iterator<Fault> i = faults.iterator(); i.hasNext(); ) {
        Fault fault = i.next();
        if (!fault.action.equals(action) || !body.contains(fault.text)) continue;
        if (--fault.left <= 0) i.remove();
        return fault;
      }
      return null;
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String named = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
      String action = named.substring(named.lastIndexOf('.') + 1);
      calls.computeIfAbsent(action, a -> new AtomicInteger()).incrementAndGet();
      String text = new String(body, StandardCharsets.UTF_8);
      Fault fault = faultOf(action, text);
      if (fault == null) {
        answer(exchange, forward(exchange, body));
      } else if (fault.how == How.REFUSE) {
        refuse(exchange, fault);
      } else if (fault.how == How.LOSE_ANSWER) {
        HttpResponse<byte[]> answer = forward(exchange, body);
        if (!new String(answer.body(), StandardCharsets.UTF_8).contains(fault.code)) {
          add(new Fault(action, "", How.LOSE_ANSWER, 0, fault.code, 1));
          answer(exchange, answer);
        }
      } else {
        failSome(exchange, fault, (ObjectNode) JSON.readTree(body));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuse(HttpExchange exchange, Fault fault) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    byte[] body =
        JSON.writeValueAsBytes(
            Map.of("__type", "com.amazonaws.sqs#" + fault.code, "message", "as asked for"));
    exchange.sendResponseHeaders(fault.status, body.length);
    exchange.getResponseBody().write(body);
  }

  private void failSome(HttpExchange exchange, Fault fault, ObjectNode request)
      throws IOException, InterruptedException {
    ArrayNode good = JSON.createArrayNode();
    ArrayNode failed = JSON.createArrayNode();
    int index = 0;
    for (JsonNode entry : request.path("Entries")) {
      if (index++ % 2 == 1) good.add(entry);
      else {
        failed
            .addObject()
            .put("Id", entry.path("Id").asString())
            .put("SenderFault", fault.status == 400)
            .put("Code", fault.code)
            .put("Message", "as asked for");
      }
    }
    ObjectNode answer = JSON.createObjectNode();
    if (good.isEmpty()) {
      answer.putArray("Successful");
    } else {
      request.set("Entries", good);
      byte[] real = forward(exchange, JSON.writeValueAsBytes(request)).body();
      answer = (ObjectNode) JSON.readTree(real);
    }
    ArrayNode all = answer.withArray("Failed");
    failed.forEach(all::add);
    byte[] body = JSON.writeValueAsBytes(answer);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    for (String name : List.of("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")) {
      String value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) request.header(name, value);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> from) throws IOException {
    for (String name : List.of("Content-Type", "x-amzn-query-error", "x-amzn-RequestId")) {
      from.headers()
          .firstValue(name)
          .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
    }
    exchange.sendResponseHeaders(from.statusCode(), from.body().length);
    exchange.getResponseBody().write(from.body());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
