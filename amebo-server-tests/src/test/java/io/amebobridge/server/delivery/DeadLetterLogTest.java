package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.SourcePositions;
import io.amebobridge.server.registry.Subscription;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DeadLetterLogTest {
  private static final Subscription SUBSCRIPTION =
      new Subscription(
          7,
          "mailer",
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
  private final Logger logger = (Logger) LoggerFactory.getLogger(DeadLetterLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Queue<Runnable> later = new ArrayDeque<>();
  private final DeadLetterLog log = new DeadLetterLog((millis, task) -> later.add(task));

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

  @Test
  void theFirstIsToldAtOnceThoseThatFollowTogether() {
    die(1);
    assertThat(last()).containsEntry("count", "1").containsEntry("event", "1");
    die(2);
    die(3);
    assertThat(lines.list).hasSize(1);
    later.remove().run();
    assertThat(last())
        .containsEntry("subscription", "7")
        .containsEntry("application", "mailer")
        .containsEntry("count", "2")
        .containsEntry("event", "3")
        .containsEntry("attempts", "4")
        .containsEntry("status", "500")
        .containsEntry("error", "the receiver answered 500");
    assertThat(lines.list).hasSize(2).allMatch(line -> line.getLevel() == Level.WARN);
    die(4);
    assertThat(lines.list).as("it was told of some just now").hasSize(2);
    later.remove().run();
    later.remove().run();
    assertThat(later).as("nothing is left to tell").isEmpty();
    die(5);
    assertThat(lines.list).hasSize(4);
    assertThat(last()).containsEntry("count", "1").containsEntry("event", "5");
  }

  @Test
  void whoStopsTellsOfWhatIsLeft() {
    die(1);
    die(2);
    log.end();
    log.end();
    assertThat(lines.list).hasSize(2);
    assertThat(last()).containsEntry("count", "1").containsEntry("event", "2");
  }

  private void die(long event) {
    log.died(SUBSCRIPTION, event, 4, new CallResult(500, "the receiver answered 500", null, null));
  }

  private Map<String, String> last() {
    return lines.list.get(lines.list.size() - 1).getKeyValuePairs().stream()
        .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
  }
}
