package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageBudgetTest {
  private final PageBudget budget = new PageBudget(800);

  @Test
  void nobodyTakesAllThatIsLeft() {
    assertThat(budget.take(1_000)).isEqualTo(100);
    assertThat(budget.take(20)).isEqualTo(20);
    long sum = 120;
    for (int i = 0; i < 1_000; i++) {
      sum += budget.take(1_000);
    }
    assertThat(sum).isLessThanOrEqualTo(800).isGreaterThan(700);
    assertThat(budget.free()).isEqualTo(800 - sum);
  }

  @Test
  void oneEventMayBeMoreThanThereWas() {
    long taken = budget.take(1_000);
    budget.settle(taken, 5_000);
    assertThat(budget.free()).isEqualTo(-4_200);
    assertThat(budget.take(1)).isZero();
    budget.giveBack(5_000);
    assertThat(budget.free()).isEqualTo(800);
  }
}
