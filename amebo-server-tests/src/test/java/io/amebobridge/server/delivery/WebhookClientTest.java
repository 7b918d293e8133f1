package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.amebobridge.client.Secret;
import io.amebobridge.client.WebhookSignature;
import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.security.AddressGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookClientTest {
  private final Vertx vertx = Vertx.vertx();
  private final CountDownLatch namesHang = new CountDownLatch(1);
  private final CountDownLatch asked = new CountDownLatch(3);
  private HttpServer receiver;

  @BeforeEach
  void listen() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    receiver.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
  }

  @AfterEach
  void stop() throws Exception {
    namesHang.countDown();
    receiver.stop(0);
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void aNameServerThatHangsHoldsUpOnlyItsNames() throws Exception {
    WebhookClient client = client(Duration.ofHours(1));
    List<CompletableFuture<CallResult>> hanging = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      hanging.add(call(client, "hangs-" + i % 3 + ".example"));
    }
    asked.await();
    for (int i = 0; i < 20; i++) {
      assertThat(call(client, "answers-" + i + ".example").get(20, TimeUnit.SECONDS).success())
          .isTrue();
    }
    assertThat(hanging).noneMatch(CompletableFuture::isDone);
    namesHang.countDown();
    for (CompletableFuture<CallResult> late : hanging) {
      assertThat(late.get(20, TimeUnit.SECONDS).success()).isTrue();
    }
  }

  @Test
  void aNameThatHangsEndsWithItsTime() throws Exception {
    CallResult result =
        call(client(Duration.ofMillis(50)), "hangs.example").get(20, TimeUnit.SECONDS);
    assertThat(result.error()).isEqualTo("no answer within 50 ms");
    assertThat(result.overloaded()).isTrue();
  }

  private WebhookClient client(Duration timeout) {
    AddressGuard guard = new AddressGuard(true, List.of());
    return new WebhookClient(
        vertx,
        new Addresses(vertx, guard, this::names),
        DeliverySettings.defaults().withTimeout(timeout));
  }

  private List<InetAddress> names(String host) throws UnknownHostException {
    if (host.startsWith("hangs")) {
      asked.countDown();
      try {
        namesHang.await();
      } catch (InterruptedException e) {
        throw new UnknownHostException(host);
      }
    }
    return List.of(InetAddress.getLoopbackAddress());
  }

  private CompletableFuture<CallResult> call(WebhookClient client, String host) {
    Webhook webhook =
        new Webhook(
            host,
            receiver.getAddress().getPort(),
            false,
            "/hook",
            WebhookSignature.of(Secret.of("a-secret-of-some-length")),
            null,
            false);
    CompletableFuture<CallResult> done = new CompletableFuture<>();
    vertx.runOnContext(
        on -> {
          Future<CallResult> call =
              client.call(webhook, new WebhookRequest(Map.of(), Buffer.buffer("{}")));
          call.onSuccess(done::complete);
        });
    return done;
  }
}
