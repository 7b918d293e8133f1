package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayElsewhereTest {
  private static final long NOW = 1_000_000;
  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  @Test
  void itIsNeverDueEarlierThanItWas() {
    DeliveryRow late = row(State.RETRYING, 1, NOW + 3_600_000);
    assertThat(due(late, 500, null)).isEqualTo(NOW + 3_600_000);
    DeliveryRow early = row(State.RETRYING, 1, NOW - 5_000);
    assertThat(due(early, 500, Duration.ofMinutes(1))).isEqualTo(NOW + 60_000);
    DeliveryRow sleeper = row(State.WAITING, 0, NOW + 7_200_000);
    assertThat(due(sleeper, 500, null)).as("its hour").isEqualTo(NOW + 7_200_000);
  }

  @Test
  void tooManyCountsForNoAttempt() {
    Verdict throttled = verdict(row(State.RETRYING, 3, NOW), 429, null);
    assertThat(throttled).extracting(Verdict::state).isEqualTo(State.RETRYING);
    assertThat(throttled).extracting(Verdict::attempts).isEqualTo(3);
    assertThat(verdict(row(State.RETRYING, 3, NOW), 503, Duration.ofSeconds(1)))
        .extracting(Verdict::state)
        .isEqualTo(State.RETRYING);
    assertThat(verdict(row(State.RETRYING, 3, NOW), 500, null))
        .isEqualTo(new Verdict(State.DEAD, 4, null));
  }

  @Test
  void aFailureChangesNothingOfWhatIsOver() {
    assertThat(verdict(row(State.DELIVERED, 1, null), 500, null)).isNull();
    assertThat(verdict(row(State.DEAD, 4, null), 429, null))
        .isEqualTo(new Verdict(State.DEAD, 5, null));
  }

  private static long due(DeliveryRow before, int status, @Nullable Duration retryAfter) {
    return Objects.requireNonNull(
        Objects.requireNonNull(verdict(before, status, retryAfter)).due());
  }

  private static @Nullable Verdict verdict(
      DeliveryRow before, int status, @Nullable Duration retryAfter) {
    CallResult result = new CallResult(status, "the receiver answered " + status, retryAfter, null);
    return ReplayElsewhere.verdict(before, result, 3, BACKOFF, NOW);
  }

  private static DeliveryRow row(State state, int attempts, @Nullable Long due) {
    return new DeliveryRow(1, 1, state, attempts, due, null, null, 7);
  }
}
