package io.amebobridge.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.server.registry.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListsTest {
  @Test
  void listsThatNeverEndLeaveTheOtherThreadsAloneAndAreBounded() throws Exception {
    Vertx vertx = Vertx.vertx();
    CountDownLatch end = new CountDownLatch(1);
    try {
      Lists lists = new Lists(vertx);
      List<Future<Boolean>> running = new ArrayList<>();
      for (int i = 0; i < 256; i++) {
        running.add(lists.run(() -> end.await(60, TimeUnit.SECONDS)));
      }
      assertThatThrownBy(() -> lists.run(() -> true))
          .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.status()).isEqualTo(503));
      assertThat(get(vertx.executeBlocking(() -> "ready", false))).isEqualTo("ready");
      end.countDown();
      assertThat(get(Future.all(running)).succeeded()).isTrue();
      assertThat(get(lists.run(() -> "again"))).isEqualTo("again");
    } finally {
      end.countDown();
      get(vertx.close());
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
