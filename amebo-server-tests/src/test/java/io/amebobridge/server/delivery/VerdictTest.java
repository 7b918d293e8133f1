package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.OpenDelivery;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  @Test
  void theLastAttemptThatCountsGivesUp() {
    assertThat(judge(2, status(500, null), false).state()).isEqualTo(State.RETRYING);
    assertThat(judge(3, status(500, null), false)).isEqualTo(new Verdict(State.DEAD, 4, null));
    assertThat(judge(3, new CallResult(204, null, null, null), false))
        .isEqualTo(new Verdict(State.DELIVERED, 4, null));
  }

  @Test
  void tooManyNeverGivesUp() {
    assertThat(judge(3, status(429, null), false).attempts()).isEqualTo(3);
    assertThat(judge(3, status(429, null), false).state()).isEqualTo(State.RETRYING);
    assertThat(judge(3, status(503, Duration.ofSeconds(1)), false).state())
        .isEqualTo(State.RETRYING);
    assertThat(judge(3, status(503, null), false).state())
        .as("without Retry-After it may be anything")
        .isEqualTo(State.DEAD);
  }

  @Test
  void aFailedProbeIsTheEndpointsNotTheEvents() {
    assertThat(judge(3, CallResult.failed("cannot connect"), true).state())
        .isEqualTo(State.RETRYING);
    assertThat(judge(3, status(400, null), true).state())
        .as("the endpoint answers, and does not want this event")
        .isEqualTo(State.DEAD);
  }

  @Test
  void retryAfterIsHonouredUpToAnHour() {
    assertThat(due(status(500, Duration.ofMinutes(20)))).isEqualTo(20 * 60_000);
    assertThat(due(status(500, Duration.ofDays(20)))).isEqualTo(60 * 60_000);
    assertThat(due(status(500, Duration.ZERO))).isBetween(1L, 1_001L);
  }

  private static long due(CallResult result) {
    return Objects.requireNonNull(judge(0, result, false).due());
  }

  private static Verdict judge(int attempts, CallResult result, boolean probe) {
    OpenDelivery before = new OpenDelivery(1, State.RETRYING, attempts, 0, null);
    return Verdict.of(before, result, probe, 1, 3, BACKOFF, 0);
  }

  private static CallResult status(int status, @Nullable Duration retryAfter) {
    return new CallResult(status, "the receiver answered " + status, retryAfter, null);
  }
}
