package io.amebobridge.brokers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for SNS on this machine, for the demo and for tests; it is not AWS's. It speaks the
 * Query protocol of AWS's SDKs and takes any credentials. It delivers to SQS queues and to HTTP
 * endpoints, with confirmation, signatures (versions 1 and 2; to HTTP only), filter policies, raw
 * delivery, retries and a queue for what could not be delivered; the topics of a FIFO kind number
 * their messages. What it has is in memory and gone at its end. Thread-safe.
 */
public final class LocalSns implements AutoCloseable {
  public static final String REGION = "us-east-1";

  /** Of every topic there. */
  public static final String ACCOUNT = "000000000000";

  static final String CERTIFICATE =
      "/SimpleNotificationService-0000000000000000000000000000000.pem";

  /** One attribute of a message. */
  record Attribute(String type, String value) {}

  /** An error as SNS answers it. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final String code;

    Refusal(String code, String message) {
      super(message);
      this.code = code;
    }
  }

  /**
   * How it delivers.
   *
   * @param answerLimit how long an endpoint may take to answer; SNS's is 15 s
   * @param retryAfter between two attempts; SNS's is 20 s unless a policy says otherwise
   * @param giveUpAfter since the first attempt; SNS's is an hour at most
   */
  public record Delivering(Duration answerLimit, Duration retryAfter, Duration giveUpAfter) {
    /** Like SNS, but that it tries again sooner. */
    public static Delivering usual() {
      return new Delivering(
          Duration.ofSeconds(15), Duration.ofMillis(200), Duration.ofSeconds(3_600));
    }
  }

  static {
    // Else the JDK's server holds each answer back until the client's system has acknowledged its
    // first part, which takes 40 ms. Read when the first such server is made.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final SnsSigner signer;
  private final SnsDeliveries deliveries;
  private final Map<String, SnsTopic> topics = new ConcurrentSkipListMap<>();
  private final SnsPublish publish;

  private LocalSns(SnsSigner signer, Delivering delivering, @Nullable URI sqs) throws IOException {
    this.signer = signer;
    deliveries = new SnsDeliveries(delivering, sqs);
    int port = FreePorts.next();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    publish = new SnsPublish(this, signer, deliveries);
    threads =
        Executors.newFixedThreadPool(
            4,
            work -> {
              Thread thread = new Thread(work, "local-sns");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /**
   * Starts it, with a key of its own.
   *
   * @param sqs where SQS answers, for subscriptions of queues; null where there are none
   */
  public static LocalSns start(Delivering delivering, @Nullable URI sqs) throws IOException {
    return new LocalSns(SnsSigner.make(), delivering, sqs);
  }

  /** Such as {@code http://127.0.0.1:19092}. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Signs what it sends. */
  public SnsSigner signer() {
    return signer;
  }

  /** Deliveries under way, or waiting for their next attempt. */
  public int pending() {
    return deliveries.pending();
  }

  /** Deliveries that were refused for good or given up, and went to no dead-letter queue. */
  public int lost() {
    return deliveries.lost();
  }

  String certificateUrl() {
    return endpoint() + CERTIFICATE;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestURI().getPath().equals(CERTIFICATE)) {
        answer(exchange, 200, "application/x-pem-file", signer.pem());
        return;
      }
      boolean get = exchange.getRequestMethod().equals("GET");
      String query = exchange.getRequestURI().getRawQuery();
      String form =
          get
              ? query == null ? "" : query
              : new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int status = 200;
      String text;
      try {
        SnsQuery parameters = SnsQuery.parse(form);
        String action = parameters.required("Action");
        text = SnsQuery.answer(action, run(action, parameters));
      } catch (Refusal e) {
        status = e.code.equals("NotFound") ? 404 : 400;
        text = SnsQuery.refusal(e.code, String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        status = 500;
        text = SnsQuery.refusal("InternalError", e.toString());
      }
      answer(exchange, status, "text/xml", text);
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private String run(String action, SnsQuery query) {
    return switch (action) {
      case "CreateTopic" -> createTopic(query);
      case "DeleteTopic" -> {
        SnsTopic gone = topics.remove(query.required("TopicArn"));
        if (gone != null) gone.subscriptions.forEach(s -> s.ended = true);
        yield "";
      }
      case "ListTopics" -> {
        StringBuilder all = new StringBuilder("<Topics>");
        topics.keySet().forEach(t -> all.append(member(SnsQuery.element("TopicArn", t))));
        yield all + "</Topics>";
      }
      case "GetTopicAttributes" -> SnsQuery.entries(attributes(topic(query.required("TopicArn"))));
      case "SetTopicAttributes" -> set(topic(query.required("TopicArn")).attributes, query);
      case "Subscribe" -> subscribe(query);
      case "ConfirmSubscription" -> confirm(query);
      case "Unsubscribe" -> unsubscribe(query);
      case "ListSubscriptions" ->
          subscriptions(topics.values().stream().flatMap(t -> t.subscriptions.stream()).toList());
      case "ListSubscriptionsByTopic" ->
          subscriptions(topic(query.required("TopicArn")).subscriptions);
      case "GetSubscriptionAttributes" -> SnsQuery.entries(attributes(subscription(query)));
      case "SetSubscriptionAttributes" -> set(subscription(query).attributes, query);
      case "Publish" -> publish.one(query);
      case "PublishBatch" -> publish.batch(query);
      default -> throw new Refusal("InvalidAction", action + " is not among what LocalSns can");
    };
  }

  SnsTopic topic(String arn) {
    SnsTopic topic = topics.get(arn);
    if (topic == null) throw new Refusal("NotFound", "Topic does not exist");
    return topic;
  }

  private SnsSubscription subscription(SnsQuery query) {
    String arn = query.required("SubscriptionArn");
    return topics.values().stream()
        .flatMap(t -> t.subscriptions.stream())
        .filter(s -> s.arn.equals(arn))
        .findFirst()
        .orElseThrow(() -> new Refusal("NotFound", "Subscription does not exist"));
  }

  private String createTopic(SnsQuery query) {
    String name = query.required("Name");
    Map<String, String> given = query.map("Attributes");
    if (name.endsWith(".fifo") != "true".equals(given.get("FifoTopic"))) {
      throw new Refusal("InvalidParameter", "Invalid parameter: Topic Name");
    }
    String arn = "arn:aws:sns:" + REGION + ":" + ACCOUNT + ":" + name;
    SnsTopic topic = topics.computeIfAbsent(arn, SnsTopic::new);
    topic.attributes.putAll(given);
    return SnsQuery.element("TopicArn", arn);
  }

  private static Map<String, String> attributes(SnsTopic topic) {
    Map<String, String> all = new TreeMap<>(topic.attributes);
    long confirmed = topic.subscriptions.stream().filter(s -> s.confirmed).count();
    all.put("TopicArn", topic.arn);
    all.put("Owner", ACCOUNT);
    all.put("SubscriptionsConfirmed", String.valueOf(confirmed));
    all.put("SubscriptionsPending", String.valueOf(topic.subscriptions.size() - confirmed));
    all.put("SubscriptionsDeleted", "0");
    return all;
  }

  private static Map<String, String> attributes(SnsSubscription subscription) {
    Map<String, String> all = new LinkedHashMap<>(subscription.attributes);
    all.put("TopicArn", subscription.topic);
    all.put("Owner", ACCOUNT);
    all.put("Protocol", subscription.protocol);
    all.put("Endpoint", subscription.endpoint);
    all.put("SubscriptionArn", subscription.arn);
    all.put("PendingConfirmation", String.valueOf(!subscription.confirmed));
    all.putIfAbsent("RawMessageDelivery", "false");
    return all;
  }

  private static String set(Map<String, String> attributes, SnsQuery query) {
    String value = query.text("AttributeValue");
    if (value == null || value.isEmpty()) attributes.remove(query.required("AttributeName"));
    else attributes.put(query.required("AttributeName"), value);
    return "";
  }

  private String subscribe(SnsQuery query) {
    SnsTopic topic = topic(query.required("TopicArn"));
    String protocol = query.required("Protocol");
    String endpoint = query.required("Endpoint");
    if (!List.of("sqs", "http", "https").contains(protocol)
        || (topic.fifo() && !protocol.equals("sqs"))) {
      throw new Refusal("InvalidParameter", "Invalid parameter: Protocol");
    }
    SnsSubscription subscription =
        topic.subscriptions.stream()
            .filter(s -> s.protocol.equals(protocol) && s.endpoint.equals(endpoint))
            .findFirst()
            .orElse(null);
    if (subscription == null) {
      subscription = new SnsSubscription(topic.arn, protocol, endpoint);
      subscription.confirmed = protocol.equals("sqs");
      subscription.attributes.putAll(query.map("Attributes"));
      topic.subscriptions.add(subscription);
    }
    if (!subscription.confirmed) publish.confirmation(topic, subscription, "Subscription");
    boolean told = subscription.confirmed || "true".equals(query.text("ReturnSubscriptionArn"));
    return SnsQuery.element("SubscriptionArn", told ? subscription.arn : "pending confirmation");
  }

  private String confirm(SnsQuery query) {
    String token = query.required("Token");
    SnsSubscription subscription =
        topic(query.required("TopicArn")).subscriptions.stream()
            .filter(s -> s.token.equals(token))
            .findFirst()
            .orElseThrow(() -> new Refusal("InvalidParameter", "Invalid parameter: Token"));
    subscription.confirmed = true;
    return SnsQuery.element("SubscriptionArn", subscription.arn);
  }

  private String unsubscribe(SnsQuery query) {
    SnsSubscription subscription = subscription(query);
    SnsTopic topic = topic(subscription.topic);
    topic.subscriptions.remove(subscription);
    subscription.ended = true;
    if (!subscription.protocol.equals("sqs")) {
      publish.confirmation(topic, subscription, "Unsubscribe");
    }
    return "";
  }

  private static String subscriptions(List<SnsSubscription> subscriptions) {
    StringBuilder all = new StringBuilder("<Subscriptions>");
    for (SnsSubscription s : subscriptions) {
      all.append(
          member(
              SnsQuery.element("TopicArn", s.topic)
                  + SnsQuery.element("Protocol", s.protocol)
                  + SnsQuery.element("SubscriptionArn", s.confirmed ? s.arn : "PendingConfirmation")
                  + SnsQuery.element("Owner", ACCOUNT)
                  + SnsQuery.element("Endpoint", s.endpoint)));
    }
    return all + "</Subscriptions>";
  }

  private static String member(String content) {
    return "<member>" + content + "</member>";
  }

  /** What was not delivered is gone. */
  @Override
  public void close() {
    deliveries.close();
    server.stop(0);
    threads.shutdownNow();
  }
}
