package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is logged of deliveries that fail. */
class DeliveryLogTest extends ServerTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PAYLOAD = "{\"id\":1,\"email\":\"somebody@example.org\"}";
  private final Logger logger =
      (Logger) LoggerFactory.getLogger("io.amebobridge.server.delivery.DeliveryLog");
  private final Kept kept = new Kept();

  private static final class Kept extends AppenderBase<ILoggingEvent> {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }
  }

  @BeforeEach
  void listen() {
    kept.start();
    logger.addAppender(kept);
    logger.setAdditive(false);
    logger.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(kept);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  @Test
  void theFirstFailureIsAWarningTheOthersAreForDebuggingAndAllSayWhoAndWhat() {
    receiver.answer(500);
    Fixture.subscribe(admin, "user.created", 2, "");
    Fixture.expect(
        201,
        admin.send(
            "POST",
            "/v1/events",
            Fixture.event("user.created", "d", PAYLOAD),
            "application/json",
            Map.of("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")));
    await().until(() -> kept.events.size() == 3);
    assertThat(kept.events.stream().map(ILoggingEvent::getLevel))
        .containsExactly(Level.WARN, Level.DEBUG, Level.DEBUG);
    assertThat(kept.events.stream().map(ILoggingEvent::getFormattedMessage).distinct())
        .containsExactly("A delivery failed");
    assertThat(pairs(kept.events.get(2)))
        .containsEntry("subscription", "1")
        .containsEntry("application", "mailer")
        .containsEntry("event", "1")
        .containsEntry("attempt", "3")
        .containsEntry("status", "500")
        .containsEntry("next", "given up")
        .containsEntry("trace", TRACE);
    assertThat(kept.events.toString() + kept.events.stream().map(DeliveryLogTest::pairs).toList())
        .doesNotContain("somebody@example.org", Fixture.OTHER_SECRET);
  }

  @Test
  void aDeadLetterIsSeenThoughItsFailureWasNotTheFirst() {
    Logger dead = (Logger) LoggerFactory.getLogger("io.amebobridge.server.delivery.DeadLetterLog");
    Kept told = new Kept();
    told.start();
    dead.addAppender(told);
    dead.setAdditive(false);
    try {
      receiver.answer(500);
      Fixture.subscribe(admin, "user.created", 1, "");
      publish("d", PAYLOAD);
      await().until(() -> told.events.size() == 1);
      assertThat(told.events.get(0).getLevel()).isEqualTo(Level.WARN);
      assertThat(pairs(told.events.get(0)))
          .containsEntry("event", "1")
          .containsEntry("count", "1")
          .containsEntry("attempts", "2")
          .containsEntry("error", "the receiver answered 500");
    } finally {
      dead.detachAppender(told);
      dead.setAdditive(true);
    }
  }

  private static Map<String, String> pairs(ILoggingEvent event) {
    return event.getKeyValuePairs().stream()
        .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
  }
}
