package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final CallResult DOWN = CallResult.failed("cannot connect");
  private static final CallResult REFUSED = new CallResult(400, "the receiver answered 400", null);
  private final Breaker breaker =
      new Breaker(3, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10)));

  @Test
  void failuresOfTheEndpointInARowLeaveOneProbeAtATime() {
    assertThat(breaker.record(DOWN, 0)).isFalse();
    assertThat(breaker.record(DOWN, 0)).isFalse();
    assertThat(breaker.admits(0, 50)).isTrue();
    assertThat(breaker.record(DOWN, 0)).as("opened").isTrue();
    assertThat(breaker.admits(0, 0)).isFalse();
    assertThat(breaker.admits(breaker.openUntil(), 1)).as("one is in flight").isFalse();
    assertThat(breaker.admits(breaker.openUntil(), 0)).isTrue();
    assertThat(breaker.record(new CallResult(200, null, null), 0)).as("closed").isTrue();
    assertThat(breaker.admits(0, 50)).isTrue();
  }

  @Test
  void anEndpointThatRefusesAnEventIsNotDown() {
    for (int i = 0; i < 10; i++) {
      breaker.record(REFUSED, 0);
    }
    assertThat(breaker.open()).isFalse();
  }
}
