package io.amebobridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.SourceException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The sources and messages of one contract test: confined, closed at the end, read patiently. */
final class ContractSources implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(100);

  private final SourceHarness harness;
  private final List<ThreadConfinedSource> sources = new ArrayList<>();

  ContractSources(SourceHarness harness) {
    this.harness = harness;
  }

  MessageSource open() throws Exception {
    MessageSource source = unopened();
    source.open();
    return source;
  }

  MessageSource unopened() throws Exception {
    ThreadConfinedSource source = new ThreadConfinedSource(harness.newSource());
    sources.add(source);
    return source;
  }

  /** Publishes {@code prefix0, prefix1, …} and answers these. */
  List<String> publish(String lane, String prefix, int count) throws Exception {
    List<String> bodies = IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    harness.publish(lane, bodies.stream().map(ContractSources::outgoing).toList());
    return bodies;
  }

  boolean ordered() {
    return !harness.unsupported().containsKey(SourceGuarantee.ORDER);
  }

  /** So many messages of a lane, or as many as are handed out before one is settled. */
  int atMost(int wanted) {
    return Math.min(wanted, harness.unsettledPerLane());
  }

  /** As published, also where the broker keeps no order. */
  List<Delivery> readInOrder(MessageSource source, int count) throws Exception {
    List<Delivery> got = new ArrayList<>(read(source, count));
    if (!ordered()) got.sort(Comparator.comparing(ContractSources::body));
    return got;
  }

  /** The unsettled rest of a lane after a restart is exactly this, in this order. */
  void assertReturns(String lane, List<String> expected) throws Exception {
    List<String> wanted = new ArrayList<>(expected);
    wanted.addAll(publish(lane, "after-all-", 1));
    MessageSource again = open();
    List<Delivery> got = new ArrayList<>();
    boolean ordered = ordered();
    readUntil(
        again,
        50,
        got,
        () ->
            bodiesIn(got, lane).contains("after-all-0")
                && (ordered || bodiesIn(got, lane).size() >= wanted.size()));
    if (ordered) assertThat(bodiesIn(got, lane)).containsExactlyElementsOf(wanted);
    else assertThat(bodiesIn(got, lane)).containsExactlyInAnyOrderElementsOf(wanted);
    again.settle(got);
    again.close();
  }

  static SourceHarness.Outgoing outgoing(String body) {
    return new SourceHarness.Outgoing(null, body.getBytes(StandardCharsets.UTF_8), List.of());
  }

  /** Polls until so many are there; fails when they don't come, or more come with them. */
  static List<Delivery> read(MessageSource source, int count) throws Exception {
    List<Delivery> got = new ArrayList<>();
    readUntil(source, count, got, () -> got.size() >= count);
    assertThat(got).hasSize(count);
    return got;
  }

  /** Polls, at most max at a time, until it is enough. */
  static void readUntil(MessageSource source, int max, List<Delivery> into, BooleanSupplier enough)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!enough.getAsBoolean()) {
      List<Delivery> polled = source.poll(max, POLL);
      assertThat(polled).as("poll gives at most max").hasSizeLessThanOrEqualTo(max);
      into.addAll(polled);
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not enough within " + PATIENCE + ", got " + bodies(into));
      }
    }
  }

  static List<Delivery> pollWhileAway(MessageSource source) throws Exception {
    try {
      return source.poll(100, Duration.ofMillis(100));
    } catch (SourceException e) {
      assertThat(e.temporary()).as("a broker that is away is temporary: " + e).isTrue();
      return List.of();
    }
  }

  /** Keeps a source alive with poll(0) at the pump's pace. */
  static void keepAlive(MessageSource source, Duration howLong) {
    long end = System.nanoTime() + howLong.toNanos();
    await()
        .pollInSameThread()
        .atMost(howLong.plus(PATIENCE))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              assertThat(source.poll(0, Duration.ZERO)).isEmpty();
              return System.nanoTime() >= end;
            });
  }

  static List<String> bodies(List<Delivery> deliveries) {
    return deliveries.stream().map(ContractSources::body).toList();
  }

  /** Of a lane, or of the place so named where there are no lanes. */
  static List<String> bodiesIn(List<Delivery> deliveries, String lane) {
    return bodies(deliveries.stream().filter(d -> lane.equals(laneOf(d))).toList());
  }

  private static String laneOf(Delivery delivery) {
    String lane = delivery.lane();
    return lane == null ? delivery.message().address() : lane;
  }

  static String body(Delivery delivery) {
    byte @Nullable [] body = delivery.message().body();
    return body == null ? "null" : new String(body, StandardCharsets.UTF_8);
  }

  static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  /** Closes what is open and fails for whatever touched a source from a second thread. */
  @Override
  public void close() {
    sources.forEach(MessageSource::close);
    assertThat(sources.stream().flatMap(s -> s.violations().stream()).toList()).isEmpty();
  }
}
