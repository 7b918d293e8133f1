package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestRabbit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a stream is read from on the first start, and on those after it. */
class StreamStartTest {
  @TempDir Path directory;
  private RabbitVirtualHost host;
  private Producer producer;

  @BeforeEach
  void prepare() throws Exception {
    host = TestRabbit.shared().newVirtualHost();
    producer = new Producer(host.uri()).declare("log", "stream");
  }

  @AfterEach
  void end() throws Exception {
    if (producer != null) producer.close();
    if (host != null) host.delete();
  }

  private Path file() {
    return directory.resolve("data").resolve("positions.json");
  }

  private RabbitSources sources(String start) {
    return new RabbitSources(host.uri(), "log").streams(start, file());
  }

  private void openAndClose(String start) throws Exception {
    try (RabbitSource source = sources(start).create()) {
      source.open();
      assertThat(file()).as("a crash would leave it").content().contains("\"log\"");
    }
  }

  private List<String> readAll(String start, int count) throws Exception {
    return Reads.readAllAndClose(sources(start).create(), count);
  }

  @Test
  void firstIsTheOldestThatIsThere() throws Exception {
    producer.publish("log", "a", "b", "c");
    assertThat(readAll("earliest", 3)).containsExactly("a", "b", "c");
    producer.publish("log", "d");
    assertThat(readAll("first", 1)).containsExactly("d");
  }

  @Test
  void aStartThatCouldNotBeIsNotUsedUpForTheOtherStreams() throws Exception {
    producer.declare("short", "stream").publish("log", "a", "b", "c");
    RabbitSources both = new RabbitSources(host.uri(), "log", "short").streams("offset:2", file());
    try (RabbitSource source = both.create()) {
      Assertions.assertThatThrownBy(source::open)
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("offset 2 is beyond its end");
    }
    assertThat(readAll("first", 3)).containsExactly("a", "b", "c");
  }

  @Test
  void nextIsPinnedBeforeTheFirstMessageSoWhatComesWhileTheBridgeIsDownIsRead() throws Exception {
    producer.publish("log", "old", "older");
    openAndClose("next");
    producer.publish("log", "while down", "too");
    assertThat(readAll("next", 2)).containsExactly("while down", "too");
  }

  @Test
  void nextOfAnEmptyStreamIsPinnedToo() throws Exception {
    openAndClose("latest");
    producer.publish("log", "while down");
    assertThat(readAll("latest", 1)).containsExactly("while down");
  }

  @Test
  void anOffsetIsExactAlsoInTheMiddleOfAChunk() throws Exception {
    producer.publishAtOnce("log", 2_000);
    try (RabbitSource source = sources("offset:1990").create()) {
      source.open();
      List<Delivery> got = read(source, 10);
      assertThat(bodies(got)).startsWith("m1990").endsWith("m1999");
      assertThat(source.poll(10, Duration.ofMillis(100))).isEmpty();
    }
  }

  @Test
  void theOffsetAfterTheLastWaitsForIt() throws Exception {
    producer.publish("log", "a", "b");
    openAndClose("offset:2");
    producer.publish("log", "c");
    assertThat(readAll("offset:2", 1)).containsExactly("c");
  }

  @Test
  void anOffsetThatTheBrokerWouldQuietlyReplaceIsRefused() throws Exception {
    producer.publish("log", "a", "b");
    assertRefused(
        sources("offset:3"), "sources.shop.start", "offset 3 is beyond its end, offset 2");
    assertThat(file()).as("nothing is pinned").doesNotExist();
  }

  @Test
  void aTimeIsTheFirstChunkThatIsNotOlder() throws Exception {
    producer.publish("log", "old");
    Instant between = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 1);
    org.awaitility.Awaitility.await().until(() -> Instant.now().isAfter(between));
    producer.publish("log", "new", "newer");
    assertThat(readAll("time:" + between, 2)).containsExactly("new", "newer");
  }

  @Test
  void aTimeToComeIsPinnedAtTheEnd() throws Exception {
    producer.publish("log", "old");
    openAndClose("time:2999-01-01T00:00:00Z");
    producer.publish("log", "while down");
    assertThat(readAll("time:2999-01-01T00:00:00Z", 1)).containsExactly("while down");
  }

  @Test
  void aStreamNeedsAStartAndAPlaceForItsPositions() throws Exception {
    assertRefused(
        new RabbitSources(host.uri(), "log"),
        "queue log is a stream",
        "sources.shop.start",
        "sources.shop.positions.file");
    assertRefused(
        new RabbitSources(host.uri(), "log").with("start", "first"), "sources.shop.positions.file");
  }

  @Test
  void positionsAreHeldByOneProcess() throws Exception {
    try (RabbitSource source = sources("first").create();
        RabbitSource second = sources("first").create()) {
      source.open();
      Assertions.assertThatThrownBy(second::open)
          .isInstanceOfSatisfying(
              SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isTrue())
          .hasMessageContainingAll("positions.json is in use by process", "sources.shop.positions");
    }
    openAndClose("first"); // free again
  }

  @Test
  void positionsThatAreDamagedAreNoFreshStart() throws Exception {
    producer.publish("log", "a");
    readAll("first", 1);
    String good = Files.readString(file());
    for (int length = 0; length < good.length() - 2; length += 7) {
      Files.writeString(file(), good.substring(0, length));
      assertRefused(sources("first"), "positions.json", "bring it back");
    }
    for (String bad :
        List.of(
            good.replace("\"version\" : 1", "\"version\" : 2"),
            good.replace("\"next\" : 1", "\"next\" : 7"),
            good.replace("\"next\" : 1", "\"next\" : -1"),
            good.replace("\"known\"", "\"knwon\""),
            good + good)) {
      assertThat(bad).isNotEqualTo(good);
      Files.writeString(file(), bad);
      assertRefused(sources("first"), "positions.json", "bring it back");
    }
    Files.writeString(file(), good.replace("\"shop\"", "\"other\""));
    assertRefused(sources("first"), "belongs to source other");
    Files.writeString(file(), good);
    producer.publish("log", "b");
    assertThat(readAll("first", 1)).containsExactly("b");
  }

  @Test
  void whatIsSettledIsWrittenWithinASecondAndNeverBeyondAGap() throws Exception {
    producer.publish("log", "a", "b", "c", "d");
    try (RabbitSource source = sources("first").create()) {
      source.open();
      List<Delivery> got = read(source, 4);
      source.settle(List.of(got.get(3), got.get(1)));
      assertThat(Reads.lane(source, "log").settled()).isZero();
      source.settle(List.of(got.get(0)));
      assertThat(Reads.lane(source, "log").settled()).isEqualTo(2);
      assertThat(Reads.lane(source, "log").position()).isEqualTo(4);
      Reads.pollUntil(source, () -> Files.readString(file()).contains("\"next\" : 2,"));
    }
    try (Stream<Path> files = Files.list(file().getParent())) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("positions.json", "positions.json.lock");
    }
    assertThat(readAll("first", 2)).containsExactly("c", "d");
  }

  private static void assertRefused(RabbitSources sources, String... says) throws Exception {
    try (RabbitSource source = sources.create()) {
      Assertions.assertThatThrownBy(source::open)
          .isInstanceOfSatisfying(
              SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
          .hasMessageContainingAll(says);
    }
    Assertions.assertThatThrownBy(() -> sources.factory().inspect(1))
        .isInstanceOf(SourceException.class)
        .hasMessageContainingAll(says);
  }
}
