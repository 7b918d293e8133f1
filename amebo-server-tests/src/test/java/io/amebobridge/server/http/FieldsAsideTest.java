package io.amebobridge.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where bodies are parsed. */
class FieldsAsideTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicReference<String> parsedOn = new AtomicReference<>("");
  private HttpServer server;

  @BeforeEach
  void listen() throws Exception {
    Router router = Router.router(vertx);
    router.route().handler(BodyHandler.create(false)).handler(this::answer);
    server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
  }

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  @Test
  void aLargeBodyIsParsedOffTheEventLoop() throws Exception {
    assertThat(send("{\"a\":\"b\"}")).isEqualTo("b");
    assertThat(parsedOn.get()).isEqualTo("event loop");
    String more = "\"more\":\"" + "x".repeat(17 << 10) + "\"";
    assertThat(send("{\"a\":\"c\"," + more + "}")).isEqualTo("c");
    assertThat(parsedOn.get()).isEqualTo("worker");
  }

  @SuppressWarnings("NullAway") // nothing asks for a token or a list
  private void answer(RoutingContext context) {
    Exchange exchange =
        new Exchange(context, null, null) {
          @Override
          Fields fields() {
            parsedOn.set(Context.isOnEventLoopThread() ? "event loop" : "worker");
            return super.fields();
          }
        };
    exchange
        .fieldsAside()
        .compose(fields -> context.response().end(fields.required("a")))
        .onFailure(context::fail);
  }

  private String send(String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + "/");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(10))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
