package io.amebobridge.rabbitmq;

import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.pollUntil;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.brokers.Relay;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.Reads;
import io.amebobridge.testkit.TestRabbit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with a stream, and that it is either borne without a loss or said. */
class StreamFaultTest {
  /** A segment holds some ten messages of {@link #LARGE} bytes, the stream some thirty. */
  private static final Map<String, Object> SMALL =
      Map.of("x-max-length-bytes", 300_000L, "x-stream-max-segment-size-bytes", 100_000L);

  private static final int LARGE = 10_000;

  @TempDir Path directory;
  private TestRabbit rabbit;
  private RabbitProcess node;
  private RabbitVirtualHost host;
  private Producer producer;

  @BeforeEach
  void prepare() throws Exception {
    rabbit = TestRabbit.shared();
    node = rabbit.node();
    host = rabbit.newVirtualHost();
    producer = new Producer(host.uri()).declare("log", "stream");
  }

  @AfterEach
  void end() throws Exception {
    if (producer != null) producer.close();
    if (host != null && node.isRunning()) host.delete();
  }

  private Path file() {
    return directory.resolve("positions.json");
  }

  private RabbitSources sources() {
    return new RabbitSources(host.uri(), "log").streams("first", file());
  }

  private RabbitSources goingOn() {
    return sources().with("lostOffsets", "continue");
  }

  private static List<String> ids(List<Delivery> deliveries) {
    return deliveries.stream().map(d -> Objects.requireNonNull(d.message().id())).toList();
  }

  private static void assertStops(RabbitSource source, String... says) {
    assertThatThrownBy(() -> pollUntil(source, () -> false))
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
        .hasMessageContainingAll(says)
        .hasMessageContaining("lostOffsets: continue");
  }

  /** Whether at open or with the first message. */
  private static void assertStopsAtStart(RabbitSources sources, String... says) throws Exception {
    try (RabbitSource source = sources.create()) {
      assertThatThrownBy(
              () -> {
                source.open();
                pollUntil(source, () -> false);
              })
          .isInstanceOfSatisfying(
              SourceException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
          .hasMessageContainingAll(says)
          .hasMessageContaining("lostOffsets: continue");
    }
    assertThatThrownBy(() -> sources.factory().inspect(1))
        .as("check says so too")
        .isInstanceOf(SourceException.class)
        .hasMessageContainingAll(says);
  }

  @Test
  void aConnectionCutInTheMiddleOfAFrameGoesOnAtTheFirstUnsettled() throws Exception {
    try (Relay relay = node.relay();
        RabbitSource source =
            new RabbitSources(host.uriAt(relay.endpoint()), "log")
                .streams("first", file())
                .create()) {
      source.open();
      producer.publish("log", "a", "b", "c");
      List<Delivery> held = read(source, 3);
      source.settle(held.subList(0, 1));
      relay.cutAfter(10);
      producer.publish("log", "d");
      List<Delivery> again = new ArrayList<>();
      pollUntil(source, again, () -> bodies(again).contains("d"));
      assertThat(held).noneMatch(source::owns);
      assertThat(bodies(again)).containsExactly("b", "c", "d");
      assertThat(ids(again)).startsWith(ids(held).get(1), ids(held).get(2));
      source.settle(held); // stale: means nothing any more
      assertThat(Reads.lane(source, "log").settled()).isEqualTo(1);
      source.settle(again);
      assertThat(Reads.lane(source, "log").settled()).isEqualTo(4);
    }
  }

  @Test
  void aNodeKilledAndStartedAgainWhileReadingLosesNothing() throws Exception {
    producer.publishAtOnce("log", 3_000);
    Map<String, String> seen = new TreeMap<>();
    try (RabbitSource source = sources().with("prefetch", "100").create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> settle(source, got, seen) >= 700);
      rabbit.kill9();
      pollUntil(source, () -> source.away() != null);
      node.start();
      pollUntil(source, got, () -> settle(source, got, seen) >= 3_000);
    }
    assertThat(seen).hasSize(3_000);
    assertThat(seen.values()).doesNotHaveDuplicates();
    assertThat(Files.readString(file())).contains("\"next\" : 3000");
  }

  /** Settles; each body must always have the same id. Answers how many different ones there are. */
  private static int settle(RabbitSource source, List<Delivery> got, Map<String, String> seen)
      throws Exception {
    for (Delivery d : got) {
      String id = Objects.requireNonNull(d.message().id());
      assertThat(seen.getOrDefault(Reads.body(d), id)).isEqualTo(id);
      seen.put(Reads.body(d), id);
    }
    source.settle(got);
    got.clear();
    return seen.size();
  }

  @Test
  void aStreamThatTheBrokerStartsAgainBehindOurBackIsReadOn() throws Exception {
    try (RabbitSource source = sources().create()) {
      source.open();
      producer.publish("log", "a", "b");
      source.settle(read(source, 2));
      node.control(
          "eval",
          "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"%s\">>, queue, <<\"log\">>)),"
                  .formatted(host.name())
              + " exit(amqqueue:get_pid(Q), kill).");
      Producer.awaitQueues(host.uri(), List.of("log"));
      producer.publish("log", "c");
      List<Delivery> got = read(source, 1);
      assertThat(bodies(got)).containsExactly("c");
      source.settle(got);
    }
  }

  @Test
  void aBridgeKilledAtAnyMomentRepeatsUnderTheSameIdsAndLosesNothing() throws Exception {
    producer.publishAtOnce("log", 6_000);
    Map<String, String> settled = new TreeMap<>();
    for (int life = 0; life < 3; life++) {
      KilledReader.readUntilKilled(host.uri(), file(), 1_200, settled);
    }
    assertThat(settled).hasSizeGreaterThan(1_500);
    Map<String, String> rest = new TreeMap<>();
    try (RabbitSource source = sources().create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(
          source,
          got,
          () -> {
            settle(source, got, rest);
            return rest.containsKey("m5999");
          });
    }
    for (int i = 0; i < 6_000; i++) {
      String body = "m" + i;
      assertThat(settled.containsKey(body) || rest.containsKey(body)).as(body).isTrue();
      if (settled.containsKey(body) && rest.containsKey(body)) {
        assertThat(rest).containsEntry(body, settled.get(body));
      }
    }
    assertThat(rest.size()).as("what was settled long ago is not read again").isLessThan(5_000);
  }

  @Test
  void aStreamMadeAgainWhileTheBridgeWasAwayIsNotTakenForTheOldOne() throws Exception {
    producer.publish("log", "a", "b", "c", "d");
    List<Delivery> old = new ArrayList<>();
    try (RabbitSource source = sources().create()) {
      source.open();
      old.addAll(read(source, 4));
      source.settle(old.subList(0, 3));
    }
    producer.channel().queueDelete("log");
    producer.declare("log", "stream").publish("log", "x", "y");
    assertStopsAtStart(sources(), "stream log ends at offset 1, before offset 2 that was read");
    producer.publish("log", "z", "zz");
    assertStopsAtStart(sources(), "stream log has another message at offset 2 than was read");
    assertGoesOn(old);
  }

  private void assertGoesOn(List<Delivery> old) throws Exception {
    try (RabbitSource source = goingOn().create()) {
      source.open();
      List<Delivery> got = read(source, 4);
      assertThat(bodies(got)).as("all of the new stream").containsExactly("x", "y", "z", "zz");
      assertThat(ids(got))
          .as("the same offsets, other events")
          .doesNotContainAnyElementsOf(ids(old));
      source.settle(got);
    }
    producer.publish("log", "last");
    assertThat(Reads.readAllAndClose(sources().create(), 1)).containsExactly("last");
  }

  @Test
  void aStreamMadeAgainAndStillEmptyIsToldApartOnceItHasMessages() throws Exception {
    producer.publish("log", "a", "b", "c");
    assertThat(Reads.readAllAndClose(sources().create(), 3)).hasSize(3);
    producer.channel().queueDelete("log");
    producer.declare("log", "stream");
    try (RabbitSource source = sources().create()) {
      source.open();
      producer.publish("log", "x");
      assertStops(source, "stream log ends at offset 0, before offset 2 that was read");
    }
  }

  @Test
  void aStreamMadeAgainWhileItIsReadIsNotTakenForTheOldOne() throws Exception {
    producer.publish("log", "a", "b", "c", "d", "e");
    try (RabbitSource source = sources().create()) {
      source.open();
      source.settle(read(source, 5));
      producer.channel().queueDelete("log");
      pollUntil(source, () -> source.away() != null);
      assertThat(source.away()).contains("queue log");
      producer.declare("log", "stream").publish("log", "x", "y", "z", "zz");
      assertStops(source, "stream log ends at offset 3, before offset 4 that was read");
    }
  }

  @Test
  void aStreamMadeAgainWhileItIsReadIsReadAnewWhereThatIsWanted() throws Exception {
    producer.publish("log", "a", "b", "c", "d", "e");
    try (RabbitSource source = goingOn().create()) {
      source.open();
      source.settle(read(source, 5));
      producer.channel().queueDelete("log");
      producer.declare("log", "stream").publish("log", "x", "y", "z", "zz");
      List<Delivery> got = read(source, 4);
      assertThat(bodies(got)).containsExactly("x", "y", "z", "zz");
      source.settle(got);
      pollUntil(source, () -> source.away() == null);
    }
  }

  @Test
  void aStreamThatBecameAnotherQueueIsNotReadAsOne() throws Exception {
    try (RabbitSource source = sources().create()) {
      source.open();
      producer.channel().queueDelete("log");
      producer.declare("log", "classic").publish("log", "x");
      assertThatThrownBy(() -> pollUntil(source, () -> false))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("queue log")
          .hasMessageContaining("is no stream any more");
    }
  }

  private void declareSmall() throws Exception {
    producer.channel().queueDelete("log");
    producer.declare("log", "stream", SMALL);
  }

  /** Until retention has removed the oldest messages. */
  private void fill() throws Exception {
    for (int i = 0; i < 100; i++) {
      producer.publish("", "log", Producer.identified().build(), new byte[LARGE]);
    }
  }

  @Test
  void messagesThatRetentionRemovedUnreadAreNotPassedOverInSilence() throws Exception {
    declareSmall();
    producer.publish("log", "a", "b");
    try (RabbitSource source = sources().create()) {
      source.open();
      source.settle(read(source, 2).subList(0, 1));
    }
    fill();
    assertStopsAtStart(sources(), "messages of stream log (offsets 1 to ", "were removed");
    try (RabbitSource source = goingOn().create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> !got.isEmpty());
      assertThat((Long) got.get(0).message().origin().variables().get("offset")).isGreaterThan(1);
      source.settle(got);
    }
    try (RabbitSource source = sources().create()) {
      source.open();
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> !got.isEmpty()); // said once, then it is the past
    }
  }

  @Test
  void messagesThatRetentionRemovedBeforeTheFirstReadAreNotPassedOverEither() throws Exception {
    declareSmall();
    producer.publish("log", "a", "b");
    try (RabbitSource source = sources().create()) {
      source.open(); // pins the start
    }
    fill();
    assertStopsAtStart(sources(), "messages of stream log (offsets 0 to ", "were removed");
  }

  @Test
  void aSlowReaderThatRetentionOvertakesIsTold() throws Exception {
    declareSmall();
    producer.publish("log", "a", "b", "c", "d");
    try (RabbitSource source = sources().with("prefetch", "1").create()) {
      source.open();
      List<Delivery> got = new ArrayList<>(read(source, 1));
      fill();
      assertThatThrownBy(
              () ->
                  pollUntil(
                      source,
                      got,
                      () -> {
                        source.settle(got);
                        return false;
                      }))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("were removed");
    }
  }
}
