package io.amebobridge.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.amebobridge.client.Secret;
import io.amebobridge.client.WebhookSignature;
import io.amebobridge.client.WebhookSignatureException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A webhook receiver as it should be: it verifies the signature, answers 2xx only when the work is
 * done, and recognises a repeat by its {@code webhook-id}, since webhooks are at-least-once.
 */
public final class EmailService implements AutoCloseable {
  private final WebhookSignature signature;
  private final Consumer<String> work;
  private final HttpServer server;

  /** A real service keeps these where they survive, in the same transaction as its work. */
  private final Set<String> done = ConcurrentHashMap.newKeySet();

  /**
   * Listens.
   *
   * @param secret the subscribing application's
   * @param work is given each event's payload once
   */
  public EmailService(int port, Secret secret, Consumer<String> work) throws IOException {
    this.signature = WebhookSignature.of(secret);
    this.work = work;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/webhooks/orders", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(status(exchange, body), -1);
    }
  }

  private int status(HttpExchange exchange, byte[] body) {
    try {
      signature.verify(exchange.getRequestHeaders()::getFirst, body);
    } catch (WebhookSignatureException e) {
      return 401;
    }
    String id = exchange.getRequestHeaders().getFirst(WebhookSignature.ID);
    if (done.contains(id)) return 204;
    work.accept(new String(body, java.nio.charset.StandardCharsets.UTF_8));
    done.add(id);
    return 204;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** Prints what it is given: {@code EMAIL_SECRET=... java ... EmailService 8081}. */
  public static void main(String[] args) throws IOException {
    Secret secret = Secret.of(System.getenv("EMAIL_SECRET"));
    var unused = new EmailService(Integer.parseInt(args[0]), secret, System.out::println);
  }
}
