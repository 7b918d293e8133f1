package io.amebobridge.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.HttpSettings.Rate;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BucketsTest {
  private static final long SECOND = 1_000_000_000L;
  private final AtomicLong now = new AtomicLong(5);
  private final Buckets buckets = new Buckets(new Rate(2, 4), now::get);

  @Test
  void letsABurstThroughAndThenItsRate() {
    for (int i = 3; i >= 0; i--) {
      assertThat(buckets.take("a").remaining()).isEqualTo(i);
    }
    Buckets.State refused = buckets.take("a");
    assertThat(refused.allowed()).isFalse();
    assertThat(refused.untilNext()).isEqualTo(1);
    assertThat(refused.untilFull()).isEqualTo(2);
    assertThat(buckets.take("b").allowed()).as("another client").isTrue();
    now.addAndGet(SECOND / 2);
    assertThat(buckets.take("a").allowed()).isTrue();
    assertThat(buckets.take("a").allowed()).isFalse();
    now.addAndGet(100 * SECOND);
    assertThat(buckets.take("a").remaining()).as("never more than the burst").isEqualTo(3);
  }

  @Test
  void aDebtIsWaitedFor() {
    assertThat(buckets.take("a").allowed()).isTrue();
    buckets.charge("a", 9);
    assertThat(buckets.look("a").untilNext()).as("from -6 to 1 at 2 a second").isEqualTo(4);
    now.addAndGet(3 * SECOND);
    assertThat(buckets.take("a").allowed()).isFalse();
    now.addAndGet(SECOND);
    assertThat(buckets.take("a").allowed()).isTrue();
  }

  @Test
  void remembersABoundedNumberOfClients() {
    for (int i = 0; i < 50_000; i++) {
      buckets.take("client " + i);
    }
    assertThat(buckets.size()).isEqualTo(20_000);
  }
}
