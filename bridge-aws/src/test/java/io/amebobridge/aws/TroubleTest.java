package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TroubleTest {
  private final Trouble trouble = new Trouble(LoggerFactory.getLogger(TroubleTest.class), "it");

  private long longestPauseMillis(int failures, int successesBetween) {
    long longest = 0;
    for (int failure = 0; failure < failures; failure++) {
      trouble.failed(AwsErrors.Kind.THROTTLED, "throttled");
      longest = Math.max(longest, trouble.waitNanos());
      for (int success = 0; success < successesBetween; success++) trouble.over();
    }
    return TimeUnit.NANOSECONDS.toMillis(longest);
  }

  @Test
  void nowAndThenAFailureMakesShortPausesForEver() {
    assertThat(longestPauseMillis(100, 20)).isLessThan(500);
  }

  @Test
  void whatFailsHalfOfTheTimePausesMoreButNotEverMore() {
    assertThat(longestPauseMillis(100, 1)).isLessThan(1_000);
  }
}
