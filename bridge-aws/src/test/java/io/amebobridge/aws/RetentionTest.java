package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class RetentionTest {
  private static final long SENT = Duration.ofDays(20_000).toMillis();

  private final Logger logger = (Logger) LoggerFactory.getLogger(Retention.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Retention retention = new Retention("shop: queue q");

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
    retention.of(
        new SqsQueue(
            QueueName.parse("q"),
            "http://localhost/1/q",
            Duration.ofSeconds(30),
            Map.of(QueueAttributeName.MESSAGE_RETENTION_PERIOD, "1000"),
            null));
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
  }

  private List<String> saidAfter(int seconds) {
    lines.list.clear();
    retention.see(SENT, SENT + seconds * 1_000L);
    return lines.list.stream().map(e -> e.getLevel() + " " + e.getFormattedMessage()).toList();
  }

  @Test
  void theAgeOfTheOldestTellsWhatIsLeft() {
    assertThat(retention.headroomSeconds(SENT, SENT + 400_000)).isEqualTo(600);
    assertThat(retention.headroomSeconds(SENT, SENT + 2_000_000)).isZero();
    assertThat(retention.headroomSeconds(0, SENT)).as("nothing is held").isNull();
    assertThat(new Retention("unknown").headroomSeconds(SENT, SENT)).isNull();
  }

  @Test
  void itIsSaidOnceAtTheHalfAndAtATenth() {
    assertThat(saidAfter(499)).isEmpty();
    assertThat(saidAfter(501))
        .singleElement()
        .asString()
        .startsWith("WARN shop: queue q has messages that are PT8M21S old")
        .contains("removes them in PT8M19S");
    assertThat(saidAfter(502)).isEmpty();
    assertThat(saidAfter(901)).singleElement().asString().startsWith("ERROR");
    assertThat(saidAfter(950)).isEmpty();
    assertThat(saidAfter(1)).isEmpty();
    assertThat(saidAfter(501)).as("it was over meanwhile").hasSize(1);
  }
}
