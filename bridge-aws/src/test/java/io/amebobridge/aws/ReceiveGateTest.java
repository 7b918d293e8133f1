package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ReceiveGateTest {
  private final Trouble trouble = new Trouble(LoggerFactory.getLogger(getClass()), "a test");
  private final ReceiveGate gate = new ReceiveGate(15, 100, trouble);

  private CompletableFuture<Integer> reserving() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return gate.reserve(10);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void grantsWhatIsFreeAndThenWaits() throws Exception {
    assertThat(gate.reserve(10)).isEqualTo(10);
    assertThat(gate.reserve(10)).isEqualTo(5);
    CompletableFuture<Integer> next = reserving();
    assertThat(next).isNotDone();
    gate.letGo(1);
    assertThat(next.get()).isEqualTo(1);
  }

  @Test
  void waitsWhereTooMuchIsHeld() throws Exception {
    assertThat(gate.reserve(1)).isEqualTo(1);
    gate.hold(100);
    CompletableFuture<Integer> next = reserving();
    assertThat(next).isNotDone();
    gate.letGo(100);
    assertThat(next.get()).isEqualTo(10);
  }

  @Test
  void aCloseSendsAwayWhoWaits() throws Exception {
    assertThat(gate.reserve(15)).isEqualTo(15);
    CompletableFuture<Integer> next = reserving();
    gate.close();
    assertThat(next.get()).isZero();
    assertThat(gate.reserve(1)).isZero();
  }

  @Test
  void afterAFailureOneTriesAndTheOthersWaitForIt() throws Exception {
    trouble.pauseAtMost(Duration.ofMillis(1));
    gate.failed(AwsErrors.Kind.SERVICE, "why");
    assertThat(gate.reserve(2)).isEqualTo(2);
    CompletableFuture<Integer> second = reserving();
    assertThat(second).isNotDone();
    gate.succeeded();
    assertThat(second.get()).isEqualTo(10);
    assertThat(trouble.why()).isNull();
  }

  /** Else a hundred calls that were under way together would make the longest pause at once. */
  @Test
  void whatFailsTogetherMakesOnePause() {
    for (int i = 0; i < 100; i++) trouble.failed(AwsErrors.Kind.SERVICE, "why");
    assertThat(Duration.ofNanos(trouble.waitNanos())).isLessThan(Duration.ofMillis(500));
    await().until(trouble::isDue);
  }
}
