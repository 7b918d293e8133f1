package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final CallResult DOWN = CallResult.failed("cannot connect");
  private static final CallResult REFUSED =
      new CallResult(400, "the receiver answered 400", null, null);
  private final Breaker breaker =
      new Breaker(3, new Backoff(Duration.ofSeconds(1), Duration.ofHours(1)));

  @Test
  void failuresOfTheEndpointInARowOpenItAndAnyAnswerClosesIt() {
    assertThat(breaker.record(DOWN, false, 0)).isFalse();
    assertThat(breaker.record(DOWN, false, 0)).isFalse();
    assertThat(breaker.open()).isFalse();
    assertThat(breaker.record(DOWN, false, 0)).as("opened").isTrue();
    assertThat(breaker.openUntil()).isBetween(1L, 1_001L);
    assertThat(breaker.record(REFUSED, true, 0)).as("closed").isTrue();
    assertThat(breaker.open()).isFalse();
  }

  @Test
  void onlyFailedProbesPutTheNextOneOff() {
    for (int i = 0; i < 3; i++) {
      breaker.record(DOWN, false, 0);
    }
    long before = breaker.openUntil();
    for (int i = 0; i < 100; i++) {
      breaker.record(DOWN, false, 0);
    }
    assertThat(breaker.openUntil()).isEqualTo(before);
    long longest = 0;
    for (int i = 0; i < 20; i++) {
      breaker.record(DOWN, true, 0);
      longest = Math.max(longest, breaker.openUntil());
    }
    assertThat(longest).isGreaterThan(2_000);
  }

  @Test
  void anEndpointThatRefusesAnEventIsNotDown() {
    for (int i = 0; i < 10; i++) {
      breaker.record(REFUSED, false, 0);
    }
    assertThat(breaker.open()).isFalse();
  }
}
