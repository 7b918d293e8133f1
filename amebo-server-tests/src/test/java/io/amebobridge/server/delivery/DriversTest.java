package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.SourcePositions;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.Resumption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DriversTest {
  private static final Subscription SUBSCRIPTION =
      new Subscription(
          1,
          "a",
          new ActionPattern("*"),
          "/",
          null,
          3,
          false,
          false,
          false,
          false,
          SourcePositions.NONE,
          0,
          0);
  private static final Resumption FROM = Resumption.fresh(0);

  private final ServerMetrics metrics = new ServerMetrics();
  private final List<Drivers.Driven> made = new ArrayList<>();
  private Runnable meanwhile = () -> {};
  private final Drivers drivers = new Drivers(metrics, (subscription, from, fence) -> make());

  @AfterEach
  void close() {
    metrics.close();
  }

  /** Else it finds nothing to stop, and what is made then works on for ever. */
  @Test
  void whoReleasesASubscriptionWhileItIsRestartedGetsTheNewDriver() throws Exception {
    Drivers.Driven before = drivers.drive(SUBSCRIPTION, FROM, Fence.NONE);
    AtomicReference<Drivers.@Nullable Driven> released = new AtomicReference<>();
    Thread releasing = new Thread(() -> released.set(drivers.remove(1)));
    meanwhile =
        () -> {
          releasing.start();
          await().until(() -> !releasing.isAlive() || releasing.getState() == Thread.State.BLOCKED);
        };
    Drivers.Driven after = drivers.again(SUBSCRIPTION, FROM, before);
    releasing.join();
    assertThat(made).hasSize(2);
    assertThat(after).isSameAs(made.get(1));
    assertThat(released.get()).isSameAs(after);
    assertThat(drivers.of(1)).isNull();
  }

  @Test
  void whatWasReleasedOrIsAnothersByNowIsNotDrivenOn() {
    Drivers.Driven before = drivers.drive(SUBSCRIPTION, FROM, Fence.NONE);
    assertThat(drivers.remove(1)).isSameAs(before);
    assertThat(drivers.again(SUBSCRIPTION, FROM, before)).isNull();
    Drivers.Driven other = drivers.drive(SUBSCRIPTION, FROM, Fence.NONE);
    assertThat(drivers.again(SUBSCRIPTION, FROM, before)).isNull();
    assertThat(drivers.of(1)).isSameAs(other);
    assertThat(made).hasSize(2);
  }

  @SuppressWarnings("NullAway") // nothing is driven
  private Drivers.Driven make() {
    meanwhile.run();
    // Its fence tells one from the other.
    Drivers.Driven driven = new Drivers.Driven(null, new Unused(), false, List.of());
    made.add(driven);
    return driven;
  }

  private static final class Unused implements Fence {
    @Override
    public boolean open() {
      return false;
    }

    @Override
    public void check(io.amebobridge.server.store.WriteSession session) {}

    @Override
    public void refused() {}
  }
}
