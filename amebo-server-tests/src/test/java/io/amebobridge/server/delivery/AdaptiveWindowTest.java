package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdaptiveWindowTest {
  @Test
  void itDoublesUntilTheReceiverFirstHasTooMuch() {
    AdaptiveWindow window = new AdaptiveWindow(64);
    assertThat(window.size()).isEqualTo(16);
    succeed(window, 16);
    assertThat(window.size()).isEqualTo(32);
    succeed(window, 1000);
    assertThat(window.size()).as("the cap").isEqualTo(64);
  }

  @Test
  void afterThatItGrowsByOneForEachFullWindow() {
    AdaptiveWindow window = new AdaptiveWindow(64);
    window.overloaded(window.begin());
    assertThat(window.size()).isEqualTo(8);
    succeed(window, 8);
    assertThat(window.size()).isEqualTo(8);
    succeed(window, 1);
    assertThat(window.size()).isEqualTo(9);
  }

  @Test
  void callsThatWereInFlightTogetherHalveItOnce() {
    AdaptiveWindow window = new AdaptiveWindow(64);
    long first = window.begin();
    long second = window.begin();
    assertThat(window.overloaded(second)).isTrue();
    assertThat(window.overloaded(first)).isFalse();
    assertThat(window.size()).isEqualTo(8);
    assertThat(window.overloaded(window.begin())).as("a later call").isTrue();
    assertThat(window.size()).isEqualTo(4);
  }

  @Test
  void itNeverCloses() {
    AdaptiveWindow window = new AdaptiveWindow(3);
    for (int i = 0; i < 100; i++) {
      window.overloaded(window.begin());
    }
    assertThat(window.size()).isEqualTo(1);
    succeed(window, 2);
    assertThat(window.size()).isEqualTo(2);
  }

  private static void succeed(AdaptiveWindow window, int times) {
    for (int i = 0; i < times; i++) {
      window.begin();
      window.succeeded();
    }
  }
}
