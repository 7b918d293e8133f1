package io.amebobridge.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShareTest {
  private static final int MOST_STEPS = 500;

  @Test
  void aloneItTakesAll() {
    assertThat(Share.of("a", List.of("a"), List.of("", "", ""))).isEqualTo(new Share(3, 0));
  }

  @Test
  void aNewcomerIsGivenItsShare() {
    List<String> all = List.of("a", "a", "a", "a");
    assertThat(Share.of("a", List.of("a", "b"), all)).isEqualTo(new Share(0, 2));
    assertThat(Share.of("b", List.of("a", "b"), all)).isEqualTo(new Share(2, 0));
  }

  @Test
  void nothingMovesWhereNoTwoDifferByMoreThanOne() {
    List<String> held = List.of("a", "a", "b");
    assertThat(Share.of("a", List.of("a", "b"), held)).isEqualTo(new Share(0, 0));
    assertThat(Share.of("b", List.of("a", "b"), held).giveBack()).isZero();
    assertThat(Share.of("c", List.of("a", "b", "c"), List.of("a", "b"))).isEqualTo(new Share(0, 0));
  }

  @Test
  void whatWasGivenForANewcomerIsNotTakenBack() {
    List<String> held = List.of("a", "b", "b", "");
    assertThat(Share.of("a", List.of("a", "b", "c"), held)).isEqualTo(new Share(0, 0));
    assertThat(Share.of("c", List.of("a", "b", "c"), held)).isEqualTo(new Share(1, 0));
  }

  @Test
  void oneThatLeavesGivesAllBackAndTheOthersTakeIt() {
    List<String> held = List.of("a", "a", "b", "");
    assertThat(Share.of("a", List.of("b"), held)).isEqualTo(new Share(0, 2));
    assertThat(Share.of("b", List.of("b"), held).take()).isEqualTo(3);
  }

  /** Whoever comes first, everything is driven, evenly, and then nobody moves anything. */
  @Test
  void anyOrderOfStepsEndsEvenlyAndStaysThere() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<String> live =
          IntStream.rangeClosed(0, random.nextInt(5)).mapToObj(i -> "i" + i).toList();
      List<String> holders = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        int holder = random.nextInt(live.size() + 1);
        holders.add(holder == live.size() ? "" : live.get(holder));
      }
      assertThat(settles(live, holders, random)).as("seed %s: %s", seed, holders).isTrue();
      List<Integer> counts =
          live.stream().map(id -> Collections.frequency(holders, id)).sorted().toList();
      assertThat(holders).as("seed %s", seed).doesNotContain("");
      assertThat(counts.get(counts.size() - 1) - counts.get(0)).isLessThanOrEqualTo(1);
    }
  }

  /** One instance after the other, at random, does what it is told. */
  private static boolean settles(List<String> live, List<String> holders, Random random) {
    int still = 0;
    for (int step = 0; step < MOST_STEPS && still < live.size() * 10; step++) {
      String me = live.get(random.nextInt(live.size()));
      Share share = Share.of(me, live, holders);
      replace(holders, "", me, share.take());
      replace(holders, me, "", share.giveBack());
      still = share.take() + share.giveBack() == 0 ? still + 1 : 0;
    }
    return still >= live.size() * 10;
  }

  private static void replace(List<String> holders, String from, String to, int count) {
    for (int i = 0; i < holders.size() && count > 0; i++) {
      if (holders.get(i).equals(from)) {
        holders.set(i, to);
        count--;
      }
    }
  }
}
