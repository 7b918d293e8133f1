package io.amebobridge.testkit;

import static io.amebobridge.testkit.ContractSources.bodies;
import static io.amebobridge.testkit.ContractSources.bodiesIn;
import static io.amebobridge.testkit.ContractSources.body;
import static io.amebobridge.testkit.ContractSources.keepAlive;
import static io.amebobridge.testkit.ContractSources.millisSince;
import static io.amebobridge.testkit.ContractSources.pollWhileAway;
import static io.amebobridge.testkit.ContractSources.read;
import static io.amebobridge.testkit.ContractSources.readUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.Header;
import io.amebobridge.core.MessageSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The guarantees of a source; the numbers are the rules in the package description of {@link
 * io.amebobridge.core}. An adapter passes by extending this with a harness. What it says it can't
 * do is skipped with its reason, visibly.
 */
public abstract class MessageSourceContract {
  private SourceHarness harness;
  private ContractSources sources;
  private String lane;
  private String otherLane;

  /** Made by the fixture before each test. */
  protected MessageSourceContract() {}

  /** A fresh place on the broker. */
  protected abstract SourceHarness harness() throws Exception;

  @BeforeEach
  void prepare() throws Exception {
    harness = harness();
    sources = new ContractSources(harness);
    lane = harness.lanes().get(0);
    otherLane = harness.lanes().get(1);
  }

  @AfterEach
  void closeAll() throws Exception {
    if (harness == null) return;
    try {
      sources.close();
    } finally {
      harness.close();
    }
  }

  private void needs(SourceGuarantee guarantee) {
    String reason = harness.unsupported().get(guarantee);
    assumeTrue(reason == null, () -> guarantee + " is not supported: " + reason);
  }

  private void assertReturns(List<String> expected) throws Exception {
    sources.assertReturns(lane, expected);
  }

  @Test
  @DisplayName("rule 4: consumes what was there before opening")
  void consumesWhatWasThereBefore() throws Exception {
    List<String> published = sources.publish(lane, "before-", 10);
    assertThat(bodies(read(sources.open(), 10))).containsExactlyInAnyOrderElementsOf(published);
  }

  @Test
  @DisplayName("rule 4: unsettled work returns after a restart, settled work does not")
  void unsettledWorkReturns() throws Exception {
    List<String> published = sources.publish(lane, "m", 5);
    MessageSource source = sources.open();
    source.settle(sources.readInOrder(source, 5).subList(0, 2));
    source.close();
    assertReturns(published.subList(2, 5));
  }

  @Test
  @DisplayName("rule 4: checkpoint capture: A, B, D settled, C not: C and what follows returns")
  void checkpointCapture() throws Exception {
    sources.publish(lane, "ABCD", 4);
    MessageSource source = sources.open();
    List<Delivery> got = sources.readInOrder(source, 4);
    source.settle(List.of(got.get(0), got.get(1), got.get(3)));
    source.close();

    sources.publish(lane, "last", 1);
    MessageSource again = sources.open();
    List<Delivery> returned = new ArrayList<>();
    boolean ordered = sources.ordered();
    readUntil(
        again,
        50,
        returned,
        () -> bodies(returned).contains("last0") && (ordered || returned.size() > 1));
    if (!ordered) returned.sort(Comparator.comparing(ContractSources::body));
    assertThat(bodies(returned)).doesNotContain("ABCD0", "ABCD1").startsWith("ABCD2");
    Delivery capture = returned.get(0);
    assertThat(capture.message().id()).isEqualTo(got.get(2).message().id());
  }

  @Test
  @DisplayName("rule 4: a message has the same id each time it is delivered, and no other has it")
  void identityIsDeterministic() throws Exception {
    sources.publish(lane, "same", 5);
    sources.publish(otherLane, "same", 5);
    MessageSource source = sources.open();
    List<Delivery> got = read(source, 10);
    source.close();
    List<Delivery> again = read(sources.open(), 10);
    assertThat(ids(got)).doesNotContainNull().doesNotHaveDuplicates();
    assertThat(ids(again)).containsExactlyInAnyOrderElementsOf(ids(got));
  }

  private static List<String> ids(List<Delivery> deliveries) {
    return deliveries.stream().map(d -> Objects.requireNonNull(d.message().id())).toList();
  }

  @Test
  @DisplayName("rule 5: settles in any order and in any subset")
  void settlesInAnyOrder() throws Exception {
    sources.publish(lane, "m", 6);
    sources.publish(otherLane, "n", 6);
    MessageSource source = sources.open();
    List<Delivery> got = read(source, 12);
    for (int i : new int[] {11, 3, 0, 7, 5}) source.settle(List.of(got.get(i)));
    source.poll(0, Duration.ZERO);
    List<Delivery> rest = new ArrayList<>(got);
    rest.removeIf(d -> List.of(11, 3, 0, 7, 5).contains(got.indexOf(d)));
    source.settle(List.of());
    source.settle(rest.subList(3, 7));
    source.settle(rest.subList(0, 3));
    source.close();
    assertReturns(List.of());
  }

  @Test
  @DisplayName("rule 4: a stale receipt is ignored, and so is one settled twice")
  void staleReceiptIsIgnored() throws Exception {
    List<String> published = sources.publish(lane, "m", 2);
    MessageSource first = sources.open();
    List<Delivery> stale = sources.readInOrder(first, 2);
    first.close();

    MessageSource second = sources.open();
    List<Delivery> got = sources.readInOrder(second, 2);
    assertThat(second.owns(stale.get(0))).isFalse();
    second.settle(stale);
    second.settle(List.of(got.get(0)));
    second.settle(List.of(got.get(0)));
    second.close();
    assertReturns(published.subList(1, 2));
  }

  @Test
  @DisplayName("rule 2: saturated, then resumes: poll(0) reads nothing and loses nothing")
  void saturatedThenResumes() throws Exception {
    int count = sources.atMost(50);
    List<String> published = sources.publish(lane, "m", count);
    MessageSource source = sources.open();
    List<Delivery> got = new ArrayList<>();
    readUntil(source, 5, got, () -> got.size() >= 5);
    for (int i = 0; i < 20; i++) assertThat(source.poll(0, Duration.ofMillis(5))).isEmpty();
    readUntil(source, 7, got, () -> got.size() >= count);
    assertThat(bodies(got)).containsExactlyInAnyOrderElementsOf(published);
    assertThat(got).allMatch(source::owns);
  }

  @Test
  @DisplayName("rule 2: poll(0) keeps ownership for three leases")
  void pollZeroKeepsOwnership() throws Exception {
    needs(SourceGuarantee.LEASES);
    sources.publish(lane, "m", 2);
    MessageSource source = sources.open();
    List<Delivery> got = read(source, 2);
    keepAlive(source, harness.lease().multipliedBy(3));
    assertThat(got).allMatch(source::owns);
    source.settle(got);
    source.close();
    assertReturns(List.of());
  }

  @Test
  @DisplayName("rule 4: two instances: the union is complete, and the loser knows it lost")
  void twoInstances() throws Exception {
    needs(SourceGuarantee.OWNERSHIP_MOVES);
    Set<String> published = new HashSet<>();
    for (String each : harness.lanes()) published.addAll(sources.publish(each, each + ":", 5));
    MessageSource first = sources.open();
    List<Delivery> held = read(first, published.size());
    MessageSource second = sources.open();
    List<Delivery> taken = new ArrayList<>();
    readUntil(
        second,
        100,
        taken,
        () -> {
          keepAlive(first, Duration.ZERO);
          long lost = held.stream().filter(d -> !first.owns(d)).count();
          return lost > 0 && taken.size() >= lost;
        });

    // rule 5: received = settled + in flight + abandoned; nothing is both, nothing is neither
    List<String> kept = bodies(held.stream().filter(first::owns).toList());
    List<String> abandoned = bodies(held.stream().filter(d -> !first.owns(d)).toList());
    assertThat(bodies(taken)).containsExactlyInAnyOrderElementsOf(abandoned);
    assertThat(kept).doesNotContainAnyElementsOf(bodies(taken));
    assertThat(kept.size() + abandoned.size()).isEqualTo(published.size());

    first.settle(held); // of these the abandoned are ignored
    second.settle(taken);
    second.close();
    first.close();
    assertReturns(List.of());
  }

  @Test
  @DisplayName("rule 5: received = settled + in flight + abandoned, also when settled late")
  void lateSettlementIsIgnored() throws Exception {
    needs(SourceGuarantee.OWNERSHIP_MOVES);
    int lanes = harness.lanes().size();
    for (String each : harness.lanes()) sources.publish(each, each + ":", 3);
    MessageSource first = sources.open();
    List<Delivery> held = read(first, 3 * lanes);
    MessageSource second = sources.open();
    List<Delivery> taken = new ArrayList<>();
    readUntil(
        second,
        100,
        taken,
        () -> {
          keepAlive(first, Duration.ZERO);
          return taken.size() >= 3;
        });
    List<Delivery> abandoned = held.stream().filter(d -> !first.owns(d)).toList();
    first.settle(abandoned);
    first.close();
    second.close();
    List<Delivery> again = new ArrayList<>();
    MessageSource third = sources.open();
    readUntil(third, 100, again, () -> again.size() >= 3 * lanes);
    assertThat(bodies(again)).containsExactlyInAnyOrderElementsOf(bodies(held));
  }

  @Test
  @DisplayName("rule 4: reconnects after the broker was killed, and loses nothing")
  void survivesTheBroker() throws Exception {
    needs(SourceGuarantee.BROKER_RESTART);
    Set<String> published = new HashSet<>(sources.publish(lane, "before-", 20));
    MessageSource source = sources.open();
    List<Delivery> got = read(source, 20);
    source.settle(got.subList(0, 10));
    harness.killBroker();
    for (int i = 0; i < 10; i++) got.addAll(pollWhileAway(source));
    harness.startBroker();
    published.addAll(sources.publish(lane, "after-", 10));
    long deadline = System.nanoTime() + ContractSources.PATIENCE.toNanos();
    while (!bodies(got).contains("after-9") && System.nanoTime() < deadline) {
      got.addAll(pollWhileAway(source));
    }
    assertThat(new HashSet<>(bodies(got))).isEqualTo(published);
    source.settle(got);
    source.close();
    assertReturns(List.of());
  }

  @Test
  @DisplayName("rule 3: a lane's messages come in the source's order, whatever the batch size")
  void laneOrderHolds() throws Exception {
    needs(SourceGuarantee.ORDER);
    int count = sources.atMost(30);
    List<String> here = sources.publish(lane, "a", count);
    List<String> there = sources.publish(otherLane, "b", count);
    MessageSource source = sources.open();
    List<Delivery> got = new ArrayList<>();
    readUntil(source, 7, got, () -> got.size() >= 2 * count);
    assertThat(bodiesIn(got, lane)).containsExactlyElementsOf(here);
    assertThat(bodiesIn(got, otherLane)).containsExactlyElementsOf(there);
  }

  @Test
  @DisplayName("rule 3: a lane's order holds under retry: nothing overtakes what returns")
  void laneOrderHoldsUnderRetry() throws Exception {
    needs(SourceGuarantee.ORDER);
    int count = sources.atMost(20);
    List<String> published = sources.publish(lane, "m", count);
    List<String> seen = new ArrayList<>();
    for (int settledSoFar = 0; settledSoFar < count; settledSoFar += 5) {
      MessageSource source = sources.open();
      List<Delivery> got = new ArrayList<>();
      int left = count - settledSoFar;
      readUntil(source, 3, got, () -> got.size() >= left);
      assertThat(bodies(got)).containsExactlyElementsOf(published.subList(settledSoFar, count));
      source.settle(got.subList(0, 5));
      seen.addAll(bodies(got.subList(0, 5)));
      source.close();
    }
    assertThat(seen).containsExactlyElementsOf(published);
  }

  @Test
  @DisplayName("rule 7: a poison message surfaces, and the next one too")
  void poisonSurfaces() throws Exception {
    byte[] poison = harness.poison();
    harness.publish(lane, List.of(new SourceHarness.Outgoing(null, poison, List.of())));
    sources.publish(lane, "next", 1);
    List<Delivery> got = read(sources.open(), 2);
    assertThat(got).anySatisfy(d -> assertThat(d.message().body()).isEqualTo(poison));
    assertThat(bodies(got)).contains("next0");
  }

  @Test
  @DisplayName("rule 7: a tombstone is delivered with a null body")
  void tombstoneHasNullBody() throws Exception {
    needs(SourceGuarantee.TOMBSTONES);
    byte[] key = "gone".getBytes(StandardCharsets.UTF_8);
    harness.publish(lane, List.of(new SourceHarness.Outgoing(key, null, List.of())));
    Delivery got = read(sources.open(), 1).get(0);
    assertThat(got.message().body()).isNull();
    assertThat(got.message().key()).isEqualTo(key);
  }

  @Test
  @DisplayName("rule 7: key, body and headers arrive as they were sent")
  void nothingIsChanged() throws Exception {
    needs(SourceGuarantee.REPEATED_HEADERS);
    byte[] key = {0, -1, 7};
    byte[] body = {-128, 0, 127};
    List<Header> headers =
        List.of(Header.of("b", "1"), Header.of("a", "2"), Header.of("b", "3"), Header.of("b", ""));
    harness.publish(lane, List.of(new SourceHarness.Outgoing(key, body, headers)));
    Delivery got = read(sources.open(), 1).get(0);
    assertThat(got.message().key()).isEqualTo(key);
    assertThat(got.message().body()).isEqualTo(body);
    assertThat(got.message().headers()).containsExactlyElementsOf(headers);
  }

  @Test
  @DisplayName("rule 1: wakeup ends a poll within 200 ms and does not spoil the next")
  void wakeupIsQuick() throws Exception {
    MessageSource source = sources.open();
    sources.publish(lane, "warm-up", 1);
    source.settle(read(source, 1));
    CompletableFuture<Long> woken =
        CompletableFuture.supplyAsync(
            () -> {
              long at = System.nanoTime();
              source.wakeup();
              return at;
            },
            CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
    assertThat(source.poll(10, Duration.ofSeconds(20))).isEmpty();
    assertThat(millisSince(woken.get())).isLessThan(200);

    source.wakeup(); // with no poll under way
    sources.publish(lane, "later", 1);
    assertThat(body(read(source, 1).get(0))).isEqualTo("later0");
  }

  @Test
  @DisplayName("no secret in any text")
  void noSecretInToString() throws Exception {
    needs(SourceGuarantee.SECRETS);
    String secret = Objects.requireNonNull(harness.secret(), "the harness has no secret");
    sources.publish(lane, "m", 1);
    MessageSource source = sources.unopened();
    assertThat(source.toString()).doesNotContain(secret);
    source.open();
    Delivery got = read(source, 1).get(0);
    Map<String, Object> texts =
        Map.of("source", source, "lanes", source.lanes(), "delivery", got, "its", got.receipt());
    assertThat(texts.toString()).doesNotContain(secret);
  }
}
