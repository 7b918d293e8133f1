package io.amebobridge.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private Optional<String> store = Optional.empty();
  private Optional<String> deliveries = Optional.empty();
  private final Readiness readiness =
      new Readiness(
          List.of(
              new Readiness.Check("the database does not answer", () -> store),
              new Readiness.Check("deliveries wait", () -> deliveries)));

  /** What a driver says names hosts and users. */
  @Test
  void strangersAreToldAConstantReason() {
    assertThat(readiness.reason()).isEmpty();
    deliveries = Optional.of("no connection to db7.internal:5432 for user amebo");
    assertThat(readiness.reason()).hasValue("deliveries wait");
    store = Optional.of("FATAL: password authentication failed for user amebo");
    assertThat(readiness.reason()).hasValue("the database does not answer");
    store = Optional.empty();
    deliveries = Optional.empty();
    assertThat(readiness.reason()).isEmpty();
  }

  @Test
  void aDiskThatIsAlmostFullIsNotReadyOneThatIsUnknownIs() {
    assertThat(OperationRoutes.shortage(OptionalLong.empty())).isEmpty();
    assertThat(OperationRoutes.shortage(OptionalLong.of(16 << 20))).isEmpty();
    assertThat(OperationRoutes.shortage(OptionalLong.of((16 << 20) - 1)))
        .hasValue("16777215 bytes are left for the database");
  }
}
