package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "2,2", "3,4", "4,8", "5,16", "9,256", "10,300", "10000,300"})
  void itDoublesUpToTheCap(int failures, long seconds) {
    assertThat(backoff.bound(failures)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void theJitterIsFull() {
    long longest = 0;
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < 1000; i++) {
      long millis = backoff.after(5).toMillis();
      longest = Math.max(longest, millis);
      shortest = Math.min(shortest, millis);
    }
    assertThat(shortest).isBetween(1L, 4000L);
    assertThat(longest).isBetween(12_000L, 16_000L);
  }
}
