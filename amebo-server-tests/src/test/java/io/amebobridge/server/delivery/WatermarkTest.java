package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatermarkTest {
  private final Watermark watermark = new Watermark();

  @Test
  void itNeverPassesWhatIsNotOnRecord() {
    watermark.taken(3);
    watermark.taken(5);
    watermark.taken(9);
    watermark.recorded(9);
    watermark.recorded(5);
    assertThat(watermark.cursor(12)).isEqualTo(2);
    watermark.recorded(3);
    assertThat(watermark.cursor(12)).as("events that were not ours are passed").isEqualTo(12);
  }

  @Test
  void retriesOfOldEventsDoNotMoveIt() {
    watermark.taken(5);
    watermark.recorded(2);
    assertThat(watermark.cursor(7)).isEqualTo(4);
    watermark.recorded(5);
    watermark.recorded(2);
    assertThat(watermark.cursor(7)).isEqualTo(7);
  }
}
