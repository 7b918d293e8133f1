package io.amebobridge.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.registry.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
  private static final int MOST = 1 << 20;
  private static final int LARGE = 100_000;
  private final Vertx vertx = Vertx.vertx();
  private final BodyBudget budget = new BodyBudget(MOST, MOST);
  private final CompletableFuture<String> outcome = new CompletableFuture<>();
  private HttpServer server;
  private volatile BodyReader.Patience patience = new BodyReader.Patience(50, 1 << 20);

  @BeforeEach
  void listen() throws Exception {
    Router router = Router.router(vertx);
    router
        .route()
        .handler(
            context ->
                BodyReader.read(
                    context,
                    budget,
                    MOST,
                    patience,
                    refused -> {
                      Refusal refusal = (Refusal) refused;
                      context.response().setStatusCode(refusal.status()).end();
                      outcome.complete(refusal.status() + " " + refusal.text());
                    }))
        .handler(
            context -> {
              outcome.complete("read " + BodyReader.of(context).length);
              context.response().end();
            });
    server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
  }

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  @Test
  void aLargeBodyThatDoesNotCompleteInTimeIsRefused() throws Exception {
    try (Socket slow = announce()) {
      slow.getOutputStream().write(new byte[LARGE - 1]);
      slow.getOutputStream().flush();
      assertThat(outcome.get(10, TimeUnit.SECONDS))
          .isEqualTo("408 body - was not complete after 0 s");
      String answer = new String(slow.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      assertThat(answer).isEqualTo("HTTP/1.1 408");
    }
    assertThat(budget.take("x", MOST)).as("what it held is free").isTrue();
  }

  @Test
  void aLargerOneHasMoreTime() throws Exception {
    patience = new BodyReader.Patience(1, 1); // 100 s
    try (Socket large = announce()) {
      large.getOutputStream().write(new byte[LARGE - 1]);
      large.getOutputStream().flush();
      CompletableFuture<Void> later = new CompletableFuture<>();
      vertx.setTimer(50, id -> later.complete(null));
      later.get(10, TimeUnit.SECONDS);
      assertThat(outcome).isNotDone();
      large.getOutputStream().write(new byte[1]);
      large.getOutputStream().flush();
      assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo("read " + LARGE);
    }
  }

  private Socket announce() throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + LARGE + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
