package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.OpenDelivery;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyLinesTest {
  private final KeyLines lines = new KeyLines(true);

  @Test
  void oneOfAKeyGoesAndTheOthersFollowByTheirIds() {
    assertThat(lines.enter(of(1, "a"))).isTrue();
    assertThat(lines.enter(of(3, "a"))).isFalse();
    assertThat(lines.enter(of(2, "a"))).isFalse();
    assertThat(lines.enter(of(4, "b"))).as("another key").isTrue();
    assertThat(lines.enter(of(5, null))).as("no key").isTrue();
    assertThat(lines.next()).isNull();
    assertThat(lines.enter(of(1, "a"))).as("a retry holds its key").isTrue();
    lines.leave(1, "a");
    assertThat(lines.next()).isEqualTo(of(2, "a"));
    assertThat(lines.next()).isNull();
    lines.leave(2, "a");
    assertThat(lines.next()).isEqualTo(of(3, "a"));
    lines.leave(3, "a");
    assertThat(lines.waiting()).isZero();
    assertThat(lines.enter(of(9, "a"))).isTrue();
  }

  @Test
  void whoDoesNotHoldTheKeyGivesItToNobody() {
    lines.enter(of(1, "a"));
    lines.enter(of(2, "a"));
    lines.leave(2, "a");
    assertThat(lines.next()).isNull();
    assertThat(lines.waits(2)).isTrue();
  }

  @Test
  void afterARestartTheFirstOfEachKeyHoldsIt() {
    OpenDelivery second = retrying(7, "a");
    OpenDelivery first = retrying(5, "a");
    OpenDelivery sleeper = of(3, "a");
    assertThat(lines.resume(List.of(second, first, sleeper))).containsExactly(first, sleeper);
    assertThat(lines.enter(sleeper)).as("joins the line at its hour").isFalse();
    lines.leave(5, "a");
    assertThat(lines.next()).isEqualTo(sleeper);
    lines.leave(3, "a");
    assertThat(lines.next()).isEqualTo(second);
  }

  @Test
  void whoWithdrawsIsPassed() {
    lines.enter(of(1, "a"));
    lines.enter(of(2, "a"));
    lines.enter(of(3, "a"));
    lines.withdraw(2, "a");
    lines.leave(1, "a");
    assertThat(lines.next()).isEqualTo(of(3, "a"));
  }

  @Test
  void withoutOrderEverythingGoes() {
    KeyLines unordered = new KeyLines(false);
    assertThat(unordered.enter(of(1, "a"))).isTrue();
    assertThat(unordered.enter(of(2, "a"))).isTrue();
  }

  private static OpenDelivery of(long event, @Nullable String key) {
    return new OpenDelivery(event, State.WAITING, 0, 0, key);
  }

  private static OpenDelivery retrying(long event, String key) {
    return new OpenDelivery(event, State.RETRYING, 1, 100 - event, key);
  }
}
