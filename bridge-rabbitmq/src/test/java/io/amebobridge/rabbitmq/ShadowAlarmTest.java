package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What is said of a shadow that fills, and how often. */
class ShadowAlarmTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(ShadowAlarm.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final ShadowAlarm alarm = new ShadowAlarm("shop", settings(false));
  private long now;

  private static ShadowSettings settings(boolean continueAfterLoss) {
    return new ShadowSettings(
        "orders",
        "q",
        "classic",
        100,
        10_000,
        "q.dropped",
        List.of(),
        continueAfterLoss,
        Duration.ofSeconds(1));
  }

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
  }

  private @Nullable String unseen;

  /** A second later. */
  private void see(long ready, long bytes, long evidence, String... unbound) {
    now += TimeUnit.SECONDS.toNanos(1);
    alarm.see(new ShadowLook(ready, bytes, evidence, List.of(unbound), unseen), now);
  }

  private List<String> said() {
    List<String> said =
        lines.list.stream().map(e -> e.getLevel() + " " + e.getFormattedMessage()).toList();
    lines.list.clear();
    return said;
  }

  @Test
  void aWarningFromHalfAndAnErrorAtTheBoundEachOnce() {
    see(49, -1, 0);
    assertThat(said()).isEmpty();
    see(50, -1, 0);
    see(60, -1, 0);
    assertThat(said())
        .singleElement()
        .asString()
        .startsWith("WARN")
        .contains("more than half full");
    assertThat(alarm.text()).isNull();
    see(100, -1, 0);
    see(99, -1, 0);
    see(100, -1, 0);
    assertThat(said())
        .singleElement()
        .asString()
        .startsWith("ERROR")
        .contains("at its bound", "were or will be dropped");
    assertThat(alarm.text()).contains("at its bound");
    see(10, -1, 0);
    assertThat(alarm.text()).isNull();
    see(100, -1, 0);
    assertThat(said()).as("it was over meanwhile").hasSize(1);
  }

  @Test
  void bytesCountWhereTheyAreKnown() {
    see(1, 5_000, 0);
    assertThat(said()).singleElement().asString().startsWith("WARN");
    see(1, 10_000, 0);
    assertThat(alarm.text()).contains("at its bound");
  }

  @Test
  void anExchangeThatIsBackIsNotBoundAgainByItself() {
    see(1, -1, 0, "exchange x is gone");
    see(1, -1, 0);
    assertThat(said()).singleElement().asString().startsWith("ERROR").contains("exchange x");
    assertThat(alarm.text()).contains("exchange x is gone", "start the bridge again");
    see(1, 10, 0);
    assertThat(alarm.text()).as("the bindings were seen").isNull();
  }

  @Test
  void evidenceThatIsGoneIsNoGoodNews() {
    see(1, -1, 2);
    assertThat(said()).hasSize(1);
    see(1, -1, -1);
    see(1, -1, -1);
    assertThat(said()).singleElement().asString().startsWith("ERROR").contains("q.dropped is gone");
    assertThat(alarm.text()).contains("q.dropped is gone");
    see(1, -1, 2);
    assertThat(alarm.text()).contains("2 copies");
    assertThat(said()).isEmpty();
  }

  @Test
  void whatTheManagementApiDoesNotTellHidesNothingElse() {
    unseen = "it does not answer";
    see(100, -1, 0);
    see(100, -1, 0);
    assertThat(said()).hasSize(2).anyMatch(l -> l.contains("it does not answer"));
    assertThat(alarm.text()).contains("at its bound");
  }

  @Test
  void evidenceIsSaidAsItGrowsAndStaysUntilSomebodyDecides() {
    alarm.known(0);
    see(1, -1, 2);
    see(1, -1, 2);
    assertThat(said()).singleElement().asString().startsWith("ERROR").contains("2 copies");
    assertThat(alarm.text()).contains("2 copies", "purge queue q.dropped");
    see(1, -1, 0);
    assertThat(alarm.text()).isNull();
    ShadowAlarm goesOn = new ShadowAlarm("shop", settings(true));
    goesOn.known(2);
    goesOn.see(new ShadowLook(1, -1, 2, List.of(), null), 1);
    assertThat(said()).as("known already").isEmpty();
    assertThat(goesOn.text()).as("decided").isNull();
  }

  @Test
  void theTimeThatIsLeftFollowsThePace() {
    see(10, -1, 0);
    assertThat(alarm.headroomSeconds()).isNull();
    see(20, -1, 0);
    assertThat(alarm.headroomSeconds()).isEqualTo(8);
    see(20, -1, 0);
    assertThat(alarm.headroomSeconds()).as("it does not fill").isNull();
    see(100, -1, 0);
    assertThat(alarm.headroomSeconds()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "fanout,, ",
    "headers,, ",
    "x-delayed-message, topic, ",
    "x-delayed-message,, management API only",
    "x-delayed-message, x-random, gives each message to one",
    "x-local-random,, gives each message to one",
    "x-jms-topic,, not known"
  })
  void whichExchangesCopy(String type, String delayedType, String refusal) {
    String said = ExchangeKind.refusal(type, delayedType);
    if (refusal == null) assertThat(said).isNull();
    else assertThat(said).contains(refusal);
  }
}
