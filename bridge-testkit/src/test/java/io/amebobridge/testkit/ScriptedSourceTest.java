package io.amebobridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.Message;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ScriptedSourceTest {
  private final ScriptedSource source = new ScriptedSource("fake").withoutWaiting();

  @Test
  void doesWhatWasWrittenDownInOrder() throws Exception {
    List<String> drained = new ArrayList<>();
    source.beforeRevocation((lanes, deadline) -> drained.addAll(lanes));
    Message a = source.deliver("x", "a");
    Message b = source.deliver("y", "b");
    source.revoke(Set.of("x"), Duration.ofSeconds(1));
    source.fail(SourceException.temporary("away", null));
    source.deliver("y", "c");
    source.open();

    List<Delivery> first = source.poll(10, Duration.ZERO);
    assertThat(first).extracting(Delivery::message).containsExactly(a, b);
    assertThatThrownBy(() -> source.poll(10, Duration.ZERO)).hasMessage("away");
    assertThat(drained).containsExactly("x");
    assertThat(source.owns(first.get(0))).isFalse();
    assertThat(source.owns(first.get(1))).isTrue();
    assertThat(source.poll(0, Duration.ZERO)).isEmpty();
    assertThat(source.poll(10, Duration.ZERO)).hasSize(1);

    source.settle(first);
    source.settle(first);
    assertThat(source.settled()).containsExactly(b);
    assertThat(source.ignored()).containsExactly(a, a, b);
    assertThat(source.polls()).containsExactly(10, 10, 0, 10);
  }

  @Test
  void whatWasNotSettledIsThereAfterARestart() throws Exception {
    Message a = source.deliver("x", "a");
    Message b = source.deliver("x", "b");
    source.deliver("x", (byte[]) null);
    source.open();
    List<Delivery> got = source.poll(2, Duration.ZERO);
    source.settle(List.of(got.get(0)));
    source.close();

    ScriptedSource again = source.restarted();
    again.open();
    List<Delivery> returned = again.poll(10, Duration.ZERO);
    assertThat(returned).extracting(d -> d.message().id()).doesNotContain(a.id());
    assertThat(returned.get(0).message()).isEqualTo(b);
    assertThat(returned).hasSize(2);
    assertThat(again.owns(got.get(1))).isFalse();
  }

  @Test
  void urgentStepsDoNotWaitForDeliveries() throws Exception {
    source.deliver("x", "a");
    source.deliver("x", "b");
    source.open();
    List<Delivery> got = source.poll(1, Duration.ZERO);
    source.loseNow(Set.of("x"));
    assertThat(source.poll(0, Duration.ZERO)).isEmpty();
    assertThat(source.owns(got.get(0))).isFalse();
    assertThat(source.poll(10, Duration.ZERO)).isEmpty();
  }

  @Test
  void theConfinedSourceTellsWhoTouchedItFromASecondThread() throws Exception {
    ThreadConfinedSource confined = new ThreadConfinedSource(source);
    confined.open();
    CompletableFuture<Void> other = CompletableFuture.runAsync(confined::lanes);
    assertThatThrownBy(other::join)
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("rule 1");
    CompletableFuture.runAsync(confined::wakeup).join();
    assertThat(confined.violations()).hasSize(1);
  }
}
