package io.amebobridge.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * An endpoint of AWS that misbehaves on demand, in front of one that does not. Its errors have the
 * form that the service's documentation gives: JSON for SQS, XML for SNS, CBOR for CloudWatch,
 * whose bodies are here as ISO-8859-1, a character a byte. Thread-safe.
 */
public final class FaultyAws implements AutoCloseable {
  private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=([^&]+)");
  private static final Pattern OPERATION = Pattern.compile("/operation/(\\w+)$");
  private static final String CBOR = "application/cbor";
  private static final Set<String> OWN_HEADERS =
      Set.of("host", "connection", "content-length", "expect", "upgrade", "transfer-encoding");

  static {
    // Else each answer waits 40 ms for an acknowledgement; read when the first server is made.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "faulty-aws");
            thread.setDaemon(true);
            return thread;
          });
  private final HttpServer server;
  private final String upstream;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Script script = (request, next) -> next.answer(request);
  private volatile boolean losingAnswers;
  private volatile CountDownLatch held = new CountDownLatch(0);

  /**
   * A request.
   *
   * @param action such as {@code SendMessageBatch}
   * @param json whether it is of the JSON protocol (SQS), else of the query protocol
   */
  public record Request(
      String path, Map<String, String> headers, String action, boolean json, String body) {
    /** The value of a parameter of the query protocol; empty where there is none. */
    public String parameter(String name) {
      Matcher m = Pattern.compile("(?:^|&)" + Pattern.quote(name) + "=([^&]*)").matcher(body);
      return m.find() ? URLDecoder.decode(m.group(1), StandardCharsets.UTF_8) : "";
    }

    /** The same with another body. */
    public Request with(String other) {
      return new Request(path, headers, action, json, other);
    }
  }

  /** An answer. */
  public record Answer(int status, Map<String, String> headers, String body) {}

  /** Who answers. */
  public interface Next {
    Answer answer(Request request) throws IOException, InterruptedException;
  }

  /** Answers by itself, or asks the service behind; null: the connection ends without an answer. */
  public interface Script {
    @Nullable Answer answer(Request request, Next next) throws IOException, InterruptedException;
  }

  /**
   * Listens on any free port.
   *
   * @param upstream the endpoint behind, such as {@code http://127.0.0.1:4566}
   */
  public FaultyAws(String upstream) throws IOException {
    this.upstream = upstream;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** From now on. */
  public void script(Script now) {
    script = now;
  }

  /** Answers every request of these actions with this error; of all where none is named. */
  public void fail(int status, String code, Map<String, String> headers, String... actions) {
    Set<String> these = Set.of(actions);
    script(
        (request, next) ->
            these.isEmpty() || these.contains(request.action())
                ? error(request, status, code, headers)
                : next.answer(request));
  }

  /** What is asked from now on waits for {@link #wellAgain()}. */
  public void hold() {
    held = new CountDownLatch(1);
  }

  /** What is asked is done; in place of an answer the connection ends. */
  public void loseAnswers() {
    losingAnswers = true;
  }

  public void wellAgain() {
    script = (request, next) -> next.answer(request);
    losingAnswers = false;
    held.countDown();
  }

  /** All there were, in the order they came. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** An error in the form of the request's protocol. */
  public static Answer error(
      Request request, int status, String code, Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    if (isCbor(request.headers())) {
      return cbor(status, all, Map.of("__type", "com.amazonaws#" + code, "message", "on demand"));
    }
    all.put("Content-Type", request.json() ? "application/x-amz-json-1.0" : "text/xml");
    String body =
        request.json()
            ? "{\"__type\":\"com.amazonaws.sqs#%s\",\"message\":\"on demand\"}".formatted(code)
            : ("<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error>"
                    + "<Type>Sender</Type><Code>%s</Code><Message>on demand</Message></Error>"
                    + "<RequestId>1</RequestId></ErrorResponse>")
                .formatted(code);
    return new Answer(status, all, body);
  }

  /** An answer in the Smithy RPC v2 protocol, which CloudWatch speaks. */
  public static Answer cbor(int status, Map<String, String> headers, Object body) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Type", CBOR);
    all.put("Smithy-Protocol", "rpc-v2-cbor");
    byte[] bytes = CBORMapper.shared().writeValueAsBytes(body);
    return new Answer(status, all, new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private static Charset charset(Map<String, String> headers) {
    return isCbor(headers) ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
  }

  private static boolean isCbor(Map<String, String> headers) {
    return headers.entrySet().stream()
        .anyMatch(h -> h.getKey().equalsIgnoreCase("content-type") && h.getValue().equals(CBOR));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = read(exchange);
      requests.add(request);
      held.await();
      Answer answer = script.answer(request, this::forward);
      if (losingAnswers || answer == null) return;
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] body = answer.body().getBytes(charset(answer.headers()));
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Request read(HttpExchange exchange) throws IOException {
    byte[] bytes = exchange.getRequestBody().readAllBytes();
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    String path = exchange.getRequestURI().toString();
    String body = new String(bytes, charset(headers));
    String target = headers.get("x-amz-target");
    String action = target == null ? action(path, body) : target.substring(target.indexOf('.') + 1);
    return new Request(path, headers, action, target != null, body);
  }

  private static String action(String path, String body) {
    Matcher operation = OPERATION.matcher(path);
    if (operation.find()) return operation.group(1);
    Matcher query = ACTION.matcher(body);
    return query.find() ? query.group(1) : "";
  }

  private Answer forward(Request request) throws IOException, InterruptedException {
    HttpRequest.Builder to =
        HttpRequest.newBuilder(URI.create(upstream + request.path()))
            .POST(HttpRequest.BodyPublishers.ofString(request.body(), charset(request.headers())));
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!OWN_HEADERS.contains(name)) to.header(name, value);
            });
    HttpResponse<byte[]> answer = client.send(to.build(), HttpResponse.BodyHandlers.ofByteArray());
    Map<String, String> headers = new HashMap<>();
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OWN_HEADERS.contains(name)) headers.put(name, values.get(0));
            });
    return new Answer(answer.statusCode(), headers, new String(answer.body(), charset(headers)));
  }

  @Override
  public void close() {
    wellAgain();
    server.stop(0);
    threads.shutdownNow();
  }
}
