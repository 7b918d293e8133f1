package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A consumer that the broker has forgotten is noticed; one that has nothing to do is left alone.
 */
class StreamWatchTest {
  private final AtomicInteger looks = new AtomicInteger();
  private StreamCursor cursor;

  private StreamWatch watch(long last) throws Exception {
    RabbitSettings settings = RabbitSources.settings();
    cursor = new StreamCursor(settings, "log", new StreamPosition(3, new StreamMessage(2, 7)));
    return new StreamWatch(
        cursor,
        () -> {
          looks.incrementAndGet();
          return CompletableFuture.completedFuture(Optional.of(new StreamMessage(last, 8)));
        });
  }

  @Test
  void nothingComesTwiceAlthoughThereIsSomething() throws Exception {
    StreamWatch watch = watch(3);
    await().atMost(Duration.ofSeconds(10)).until(() -> watch.stalls(true));
    assertThat(looks).hasValue(2);
    assertThat(cursor.end()).isEqualTo(4);
  }

  @Test
  void aStreamThatIsReadToItsEndDoesNotStall() throws Exception {
    StreamWatch watch = watch(2);
    await().during(Duration.ofSeconds(3)).until(() -> !watch.stalls(true));
    assertThat(looks).hasPositiveValue();
  }

  @Test
  void norDoesOneWhoseMessagesAreOnTheirWay() throws Exception {
    StreamWatch watch = watch(9);
    await().during(Duration.ofSeconds(3)).until(() -> !watch.stalls(false));
    assertThat(looks).hasPositiveValue();
  }
}
