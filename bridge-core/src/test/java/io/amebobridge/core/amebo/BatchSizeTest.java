package io.amebobridge.core.amebo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchSizeTest {
  private final BatchSize size = new BatchSize(1_000_000);

  @Test
  void halvesWhatWasTooLargeAndNeverGrowsByIt() {
    assertThat(size.tooLarge(600_000)).isEqualTo(300_000);
    // One that had been on its way before.
    assertThat(size.tooLarge(900_000)).isEqualTo(300_000);
    assertThat(size.tooLarge(1)).isEqualTo(1);
  }

  @Test
  void growsSlowlyByFullRequestsUpToWhatIsConfigured() {
    size.tooLarge(1_000_000);
    size.wentThrough(100_000);
    assertThat(size.bytes()).isEqualTo(500_000);
    for (int i = 0; i < 100; i++) size.wentThrough(size.bytes());
    assertThat(size.bytes()).isBetween(540_000L, 570_000L);
    for (int i = 0; i < 1000; i++) size.wentThrough(size.bytes());
    assertThat(size.bytes()).isEqualTo(1_000_000);
  }

  @Test
  void growsFromNextToNothing() {
    size.tooLarge(1);
    for (int i = 0; i < 20_000; i++) size.wentThrough(size.bytes());
    assertThat(size.bytes()).isEqualTo(1_000_000);
  }
}
