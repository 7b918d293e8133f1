package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.Fenced;
import io.amebobridge.server.store.OpenDelivery;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayJobTest {
  private final List<OpenDelivery> due = new ArrayList<>();

  /** A commit in doubt is answered as such, and told of when it is known; see LogWriter. */
  @Test
  void whatWasMadeDueIsToldOfWhenItIsStored() {
    OpenDelivery one = new OpenDelivery(7, State.RETRYING, 0, 1, null);
    Change<@Nullable List<OpenDelivery>> change = moving();
    assertThat(due).isEmpty();
    change.committed(List.of(one));
    assertThat(due).containsExactly(one);
  }

  @Test
  void aCancelledOneMakesNothingDue() {
    moving().committed(null);
    assertThat(due).isEmpty();
  }

  private Change<@Nullable List<OpenDelivery>> moving() {
    return new Fenced<>(Fence.NONE, new ReplayJob.Moving(session -> List.of(), due::addAll));
  }
}
