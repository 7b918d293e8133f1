package io.amebobridge.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActionPatternTest {
  @ParameterizedTest
  @CsvSource({
    "user.*, user.created, true",
    "user.*, user.profile.updated, true",
    "user.*, user., true",
    "user.*, users.created, false",
    "user.*, user, false",
    "*.created, order.created, true",
    "*.created, order.created.late, false",
    "*, anything, true",
    "a*b*c, aXbXbc, true",
    "a*b*c, aXcXb, false",
    "user.created, user.created, true",
    "user.created, userXcreated, false"
  })
  void matches(String pattern, String name, boolean expected) {
    assertThat(new ActionPattern(pattern).matches(name)).isEqualTo(expected);
  }
}
