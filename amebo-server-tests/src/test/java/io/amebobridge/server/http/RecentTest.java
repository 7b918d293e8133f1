package io.amebobridge.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentTest {
  private final AtomicLong now = new AtomicLong(7);
  private final AtomicInteger made = new AtomicInteger();
  private final Recent recent = new Recent(now::get);

  @Test
  void anAnswerIsMadeOnceASecond() {
    assertThat(status()).isEqualTo(201);
    now.addAndGet(999_999_999);
    assertThat(status()).isEqualTo(201);
    now.addAndGet(1);
    assertThat(status()).isEqualTo(202);
  }

  @Test
  void thatOneTakesLongBringsNoSecond() {
    Promise<Answer> slow = Promise.promise();
    Future<Answer> first = recent.answer(slow::future);
    now.addAndGet(60_000_000_000L);
    assertThat(recent.answer(this::fresh)).isSameAs(first);
    slow.complete(Answer.empty(200));
    assertThat(status()).isEqualTo(201);
  }

  private int status() {
    return recent.answer(this::fresh).result().status();
  }

  private Future<Answer> fresh() {
    return Future.succeededFuture(Answer.empty(200 + made.incrementAndGet()));
  }
}
