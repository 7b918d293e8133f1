package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.OpenDelivery;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AgendaTest {
  @Test
  void theNextDueComesFirstAndOnlyWhenItIs() {
    Agenda agenda = new Agenda(10, List.of(), true);
    agenda.add(due(1, 50));
    agenda.add(due(2, 40));
    agenda.add(due(3, 40));
    assertThat(agenda.due()).isEqualTo(40);
    assertThat(agenda.poll(39)).isNull();
    assertThat(event(agenda.poll(40))).isEqualTo(2);
    assertThat(event(agenda.take(1))).isEqualTo(1);
    assertThat(event(agenda.poll(100))).isEqualTo(3);
    assertThat(agenda.poll(100)).isNull();
    assertThat(agenda.due()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anEventIsInItOnce() {
    Agenda agenda = new Agenda(10, List.of(), true);
    agenda.add(due(1, 50));
    agenda.add(due(1, 20));
    assertThat(agenda.size()).isEqualTo(1);
    assertThat(agenda.due()).isEqualTo(20);
  }

  @Test
  void theFarthestStayInTheDatabase() {
    Agenda agenda = new Agenda(4, List.of(), true);
    for (int i = 1; i <= 10; i++) {
      agenda.add(due(i, 100 - i));
    }
    assertThat(agenda.size()).isEqualTo(4);
    assertThat(agenda.due()).isEqualTo(90);
    assertThat(event(agenda.beyond())).as("the nearest that is not here").isEqualTo(6);
    agenda.add(due(11, 99));
    assertThat(agenda.size()).as("farther than that").isEqualTo(4);
  }

  @Test
  void whatIsKeptComesAtItsTimeHoweverFarTheDatabaseIsRead() {
    Agenda agenda = new Agenda(2, List.of(), true);
    agenda.add(due(1, 10));
    agenda.add(due(2, 20));
    agenda.add(due(3, 30));
    agenda.keep(due(1, 40));
    assertThat(event(agenda.poll(25))).isEqualTo(2);
    assertThat(agenda.due()).as("its row says 10, which was read").isEqualTo(40);
    agenda.add(due(1, 25));
    assertThat(event(agenda.poll(50))).isEqualTo(1);
    assertThat(agenda.poll(50)).as("once").isNull();
  }

  /** The database is a set here; memory holds 8 of it at most, and nothing is missed. */
  @Test
  void nothingIsMissedHoweverLittleMemoryThereIs() {
    Random random = new Random(7);
    TreeSet<OpenDelivery> database = new TreeSet<>(OpenDelivery.BY_DUE);
    Agenda agenda = new Agenda(8, List.of(), true);
    List<Long> made = new ArrayList<>();
    for (int i = 1; i <= 500; i++) {
      OpenDelivery delivery = due(i, 1 + random.nextInt(1000));
      database.add(delivery);
      agenda.add(delivery);
    }
    for (long now = 0; now <= 2000; now++) {
      if (random.nextInt(5) == 0) {
        OpenDelivery late = due(1000 + now, now + random.nextInt(50));
        database.add(late);
        agenda.add(late);
      }
      OpenDelivery next = next(agenda, database, now);
      while (next != null) {
        made.add(next.event());
        assertThat(next).as("the nearest of all").isEqualTo(database.pollFirst());
        next = next(agenda, database, now);
      }
      assertThat(agenda.size()).isLessThanOrEqualTo(8);
    }
    assertThat(made).doesNotHaveDuplicates();
    assertThat(database.headSet(due(0, 2000))).isEmpty();
    assertThat(made.size()).isGreaterThan(800);
  }

  private static @Nullable OpenDelivery next(
      Agenda agenda, NavigableSet<OpenDelivery> database, long now) {
    if (agenda.wantsMore()) {
      List<OpenDelivery> page =
          database.tailSet(Objects.requireNonNull(agenda.beyond())).stream().limit(4).toList();
      agenda.end(page, page.size() < 4);
      page.forEach(agenda::add);
    }
    return agenda.poll(now);
  }

  private static OpenDelivery due(long event, long at) {
    return new OpenDelivery(event, State.RETRYING, 1, at, null);
  }

  private static long event(@Nullable OpenDelivery delivery) {
    return Objects.requireNonNull(delivery).event();
  }
}
