package io.amebobridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboException;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.amebo.AmeboSink;
import io.amebobridge.core.amebo.AmeboSinkSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is the AmeboSink's own, beyond the contract of every sink. */
class AmeboSinkTest {
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable c : open) c.close();
  }

  private FakeAmebo server(FakeAmebo server) {
    open.add(server);
    return server;
  }

  private AmeboSink sink(FakeAmebo server, AmeboSinkSettings settings) throws Exception {
    AmeboHttpClient client = server.client();
    open.add(client);
    AmeboSink sink = new AmeboSink(client, settings);
    sink.open();
    return sink;
  }

  private static AmeboSinkSettings settings() {
    return AmeboSinkSettings.defaults(FakeAmebo.APPLICATION);
  }

  private static List<SendResult> send(AmeboSink sink, List<Message> batch) throws Exception {
    return sink.send(batch).toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static Message message(String id, @Nullable String lane, String body) {
    return TestMessages.message(id, lane, body.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Message> messages(int count, @Nullable String lane) {
    List<Message> all = new ArrayList<>();
    for (int i = 0; i < count; i++) all.add(message("id-" + i, lane, "{\"n\":" + i + "}"));
    return all;
  }

  private static List<String> dedupers(FakeAmebo server) {
    return server.events().stream().map(e -> String.valueOf(e.deduper())).toList();
  }

  @Test
  void oneThatMakesTheServerRefuseTheRequestIsFoundAndTheOthersAreStoredInOrder() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    List<Message> batch = messages(200, "lane");
    batch.set(77, message("bad", "lane", "\"" + FakeAmebo.POISON + "\""));
    List<SendResult> results = send(sink(server, settings()), batch);
    for (int i = 0; i < 200; i++) {
      assertThat(results.get(i).outcome()).isEqualTo(i == 77 ? Outcome.REJECTED : Outcome.ACCEPTED);
    }
    assertThat(results.get(77).detail()).contains("400", "the request is malformed");
    List<String> expected = new ArrayList<>(batch.stream().map(Message::id).toList());
    expected.remove("bad");
    assertThat(dedupers(server)).isEqualTo(expected);
    assertThat(server.requests()).isLessThan(20);
  }

  @Test
  void aValidTraceOfTheMessageIsTheEvents() throws Exception {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    FakeAmebo server = server(FakeAmebo.ours());
    Header valid = Header.of("traceparent", trace);
    send(
        sink(server, settings()),
        List.of(
            with("one", valid),
            with("two", valid, valid),
            with("none"),
            with("wrong", Header.of("traceparent", trace.replace("00-4", "ff-4"))),
            with("empty", new Header("traceparent", null))));
    assertThat(server.events().stream().map(StoredEvent::traceparent))
        .containsExactly(trace, null, null, null, null);
  }

  private static Message with(String id, Header... headers) {
    Message m = message(id, null, "{}");
    return new Message(m.id(), m.address(), m.key(), m.body(), List.of(headers), m.origin());
  }

  @Test
  void aProxyThatTakesLessThanABatchOnlyMakesItSmaller() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    AmeboSink sink = sink(server, settings());
    server.maxRequestBytes(1000);
    List<Message> batch = messages(100, "lane");
    batch.set(50, message("large", "lane", "\"" + "x".repeat(1000) + "\""));
    List<SendResult> results = send(sink, batch);
    assertThat(results.get(50).outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(results.stream().filter(r -> r.outcome() == Outcome.ACCEPTED)).hasSize(99);
    assertThat(server.events()).hasSize(99);
  }

  @Test
  void theSizeThatAProxyTakesIsRemembered() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    AmeboSink sink = sink(server, settings());
    server.maxRequestBytes(10_000);
    List<Message> all = messages(1000, "lane");
    assertThat(send(sink, all.subList(0, 500))).allMatch(r -> r.outcome() == Outcome.ACCEPTED);
    int first = server.requests();
    int refused = server.tooLarge();
    assertThat(refused).isBetween(1, 5);
    assertThat(send(sink, all.subList(500, 1000))).allMatch(r -> r.outcome() == Outcome.ACCEPTED);
    assertThat(server.tooLarge()).isEqualTo(refused);
    assertThat(server.requests() - first).isEqualTo(first - refused);
    assertThat(dedupers(server)).isEqualTo(all.stream().map(Message::id).toList());
  }

  @Test
  void requestsAreSplitByCountAndBytes() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    send(sink(server, new AmeboSinkSettings("a", 10, 1 << 20, 1)), messages(25, "lane"));
    assertThat(server.requests()).isEqualTo(3);
    FakeAmebo other = server(FakeAmebo.ours());
    send(sink(other, new AmeboSinkSettings("a", 100, 1, 1)), messages(5, "lane"));
    assertThat(other.requests()).isEqualTo(5);
    assertThat(dedupers(other)).containsExactly("id-0", "id-1", "id-2", "id-3", "id-4");
  }

  @Test
  void aPartThatFailsLeavesTheResultsOfThePartsBefore() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    AmeboSink sink = sink(server, new AmeboSinkSettings("a", 2, 1 << 20, 1));
    server.failNext(1, AmeboFault.none());
    server.failNext(1, AmeboFault.cutAfterStoring());
    List<SendResult> results = send(sink, messages(6, "lane"));
    assertThat(results.stream().map(SendResult::outcome).distinct())
        .containsExactly(Outcome.ACCEPTED, Outcome.UNAVAILABLE);
    assertThat(results.get(1).outcome()).isEqualTo(Outcome.ACCEPTED);
    assertThat(dedupers(server)).containsExactly("id-0", "id-1", "id-2", "id-3");
    server.heal();
    assertThat(send(sink, messages(6, "lane")).get(3)).isEqualTo(SendResult.duplicate());
    assertThat(server.events()).hasSize(6);
  }

  @Test
  void whatIsTooLargeNamesBothSizesAndTheRemedy() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    String body = "\"" + "x".repeat(FakeAmebo.MAX_PAYLOAD_BYTES) + "\"";
    SendResult result = send(sink(server, settings()), List.of(message("id", null, body))).get(0);
    assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(result.detail()).contains("65538", "65536", "raise the server's limit");
    assertThat(server.requests()).isZero();
  }

  @Test
  void bodiesKeysAndCoordinates() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    AmeboSink sink = sink(server, settings());
    Message tombstone = TestMessages.message("tombstone", null, null);
    Message binary = TestMessages.message("binary", null, new byte[] {(byte) 0xff, 1});
    Message text = message("text", null, "not json");
    Message exact = message("exact", null, "{\"n\":1.00}");
    List<SendResult> results = send(sink, List.of(tombstone, binary, text, exact));
    assertThat(results.stream().map(SendResult::outcome))
        .containsExactly(Outcome.ACCEPTED, Outcome.REJECTED, Outcome.REJECTED, Outcome.ACCEPTED);
    assertThat(results.get(1).detail()).contains("not UTF-8");
    assertThat(results.get(2).detail()).contains("not JSON").doesNotContain("not json");
    StoredEvent stored = server.events().get(0);
    assertThat(stored.payload()).isEqualTo("null");
    assertThat(stored.source()).isEqualTo(tombstone.origin().coordinates());
  }

  @Test
  void payloadsThatAreStringsStayStrings() throws Exception {
    for (FakeAmebo fake : List.of(FakeAmebo.ours(), FakeAmebo.upstream())) {
      FakeAmebo server = server(fake);
      AmeboSink sink = sink(server, settings());
      List<Message> batch =
          List.of(
              message("a", "lane", "\"5\""),
              message("b", "lane", "\"hello\""),
              message("c", "lane", "5"),
              message("d", "lane", "[\"5\"]"));
      assertThat(send(sink, batch)).allMatch(r -> r.outcome() == Outcome.ACCEPTED);
      assertThat(server.events())
          .extracting(StoredEvent::payload)
          .containsExactly("\"5\"", "\"hello\"", "5", "[\"5\"]");
      assertThat(send(sink, batch)).allMatch(r -> r.outcome() == Outcome.DUPLICATE);
    }
  }

  @Test
  void theSameIdWithAnotherPayloadIsRejectedNotLost() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    AmeboSink sink = sink(server, settings());
    send(sink, List.of(message("id", null, "{\"n\":1}")));
    SendResult result = send(sink, List.of(message("id", null, "{\"n\":2}"))).get(0);
    assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(result.detail()).contains("conflict");
  }

  @Test
  void onAnUpstreamServerTheActionIsAPartOfTheDeduper() throws Exception {
    FakeAmebo server = server(FakeAmebo.upstream());
    Message plain = message("id", null, "{\"n\":1}");
    Message fanned = message("id2#" + plain.address(), null, "{\"n\":1}");
    send(sink(server, settings()), List.of(plain, fanned));
    assertThat(dedupers(server))
        .containsExactlyInAnyOrder("id~23" + plain.address(), "id2~23" + plain.address());
  }

  @Test
  void onAnUpstreamServerLanesRunSideBySideWithinTheLimit() throws Exception {
    FakeAmebo server = server(FakeAmebo.upstream());
    AmeboSink sink = sink(server, new AmeboSinkSettings("a", 1, 1, 3));
    List<Message> batch = new ArrayList<>();
    for (int i = 0; i < 300; i++) batch.add(message("id-" + i, "lane-" + i % 10, "" + i));
    CountDownLatch allThere = new CountDownLatch(1);
    server.failNext(3, AmeboFault.hold(allThere));
    var first = sink.send(batch.subList(0, 150));
    var second = sink.send(batch.subList(150, 300));
    await().until(() -> server.mostAtOnce() == 3);
    allThere.countDown();
    first.toCompletableFuture().get(60, TimeUnit.SECONDS);
    second.toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(server.events()).hasSize(300);
    assertThat(server.mostAtOnce()).isEqualTo(3);
  }

  @Test
  void anUpstreamServerThatIsAwayOrDeniesIsNotAskedForEveryMessage() throws Exception {
    FakeAmebo server = server(FakeAmebo.upstream());
    AmeboSink sink = sink(server, new AmeboSinkSettings("a", 1, 1, 3));
    server.failAlways(AmeboFault.status(503));
    assertThat(send(sink, messages(200, null))).allMatch(r -> r.outcome() == Outcome.UNAVAILABLE);
    assertThat(server.requests()).isLessThan(10);
    server.heal();
    server.deny();
    assertThat(send(sink, messages(200, null))).allMatch(r -> r.outcome() == Outcome.DENIED);
    assertThat(server.requests()).isLessThan(20);
    server.heal();
    assertThat(send(sink, messages(200, null))).allMatch(r -> r.outcome() == Outcome.ACCEPTED);
  }

  @Test
  void onAnUpstreamServerOneFailureHoldsUpItsLaneOnly() throws Exception {
    FakeAmebo server = server(FakeAmebo.upstream());
    AmeboSink sink = sink(server, new AmeboSinkSettings("a", 1, 1, 3));
    server.failNext(1, AmeboFault.status(500));
    List<Message> batch = new ArrayList<>();
    for (int i = 0; i < 20; i++) batch.add(message("id-" + i, "lane-" + i % 5, "" + i));
    List<SendResult> results = send(sink, batch);
    List<String> held = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      if (results.get(i).outcome() == Outcome.UNAVAILABLE) held.add("lane-" + i % 5);
    }
    assertThat(held).hasSize(4);
    assertThat(held.stream().distinct()).hasSize(1);
    assertThat(server.events()).hasSize(16);
  }

  @Test
  void onAnUpstreamServerWhatMayBeTooLargeWaitsAndHoldsUpItsLaneOnly() throws Exception {
    FakeAmebo server = server(FakeAmebo.upstream());
    Message large = message("large", "a", "{\"s\":\"" + "x".repeat(5000) + "\"}");
    List<Message> batch = List.of(large, message("a", "a", "{}"), message("b", "b", "{}"));
    List<SendResult> results = send(sink(server, settings()), batch);
    assertThat(results.stream().map(SendResult::outcome))
        .containsExactly(Outcome.UNAVAILABLE, Outcome.UNAVAILABLE, Outcome.ACCEPTED);
    assertThat(results.get(0).detail()).contains("2.7 kB", "map a smaller payload");
  }

  @Test
  void onAnUpstreamServerA500OfAStoredEventAndA400HoldUpNothing() throws Exception {
    FakeAmebo server = server(FakeAmebo.upstream());
    AmeboSink sink = sink(server, new AmeboSinkSettings("a", 1, 1, 1));
    server.failNext(1, AmeboFault.statusAfterStoring(500));
    List<SendResult> results = send(sink, messages(3, "lane"));
    assertThat(results.stream().map(SendResult::outcome))
        .containsExactly(Outcome.DUPLICATE, Outcome.ACCEPTED, Outcome.ACCEPTED);
    server.failNext(1, AmeboFault.status(400));
    List<Message> more = List.of(message("x", "lane", "1"), message("y", "lane", "2"));
    assertThat(send(sink, more).stream().map(SendResult::outcome))
        .containsExactly(Outcome.REJECTED, Outcome.ACCEPTED);
  }

  @Test
  void aForgottenTokenIsRenewedWithoutTheMessagesNoticing() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    AmeboSink sink = sink(server, settings());
    server.revokeTokens();
    assertThat(send(sink, messages(3, null))).allMatch(r -> r.outcome() == Outcome.ACCEPTED);
  }

  @Test
  void openingSaysWhetherWaitingHelps() throws Exception {
    FakeAmebo server = server(FakeAmebo.ours());
    server.deny();
    SinkException denied =
        catchThrowableOfType(SinkException.class, () -> sink(server, settings()));
    assertThat(denied.temporary()).isFalse();
    assertThat(denied).hasMessageContaining(FakeAmebo.APPLICATION);
    server.stop();
    SinkException away = catchThrowableOfType(SinkException.class, () -> sink(server, settings()));
    assertThat(away.temporary()).isTrue();
    assertThat(away).hasMessageContaining(server.url());
  }

  @Test
  void sendingBeforeOpeningFailsTheStage() {
    FakeAmebo server = server(FakeAmebo.ours());
    try (AmeboHttpClient client = server.client()) {
      AmeboSink sink = new AmeboSink(client, settings());
      assertThatThrownBy(() -> send(sink, messages(1, null)))
          .hasRootCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void anInProcessServerThatAnswersAtOnceNeedsNoDeepStack() throws Exception {
    for (boolean upstream : new boolean[] {false, true}) {
      InstantAmebo api = new InstantAmebo(upstream);
      AmeboSink sink = new AmeboSink(api, new AmeboSinkSettings("a", 1, 1, 2));
      sink.open();
      List<Message> batch = new ArrayList<>(messages(50_000, "lane"));
      batch.addAll(messages(50_000, null));
      assertThat(send(sink, batch)).hasSize(100_000).allMatch(SendResult.accepted()::equals);
    }
  }

  @Test
  void whatNobodyForesawFailsTheStageRatherThanHang() throws Exception {
    for (boolean upstream : new boolean[] {false, true}) {
      InstantAmebo api = new InstantAmebo(upstream);
      AmeboSink sink = new AmeboSink(api, settings());
      sink.open();
      api.fail = new IllegalStateException("a bug");
      assertThatThrownBy(() -> send(sink, messages(3, "lane"))).hasRootCause(api.fail);
      api.throwAtOnce = true;
      assertThatThrownBy(() -> send(sink, messages(3, "lane"))).hasRootCause(api.fail);
      api.throwAtOnce = false;
      api.fail = null;
      assertThat(send(sink, messages(3, "lane"))).hasSize(3);
      api.fail = new AmeboException.Unavailable("away", null, null);
      api.throwAtOnce = true;
      assertThat(send(sink, messages(3, "lane"))).allMatch(r -> r.outcome() == Outcome.UNAVAILABLE);
    }
  }

  @Test
  void closingTheSinkLeavesTheClientToItsOwner() throws Exception {
    InstantAmebo api = new InstantAmebo(false);
    AmeboSink sink = new AmeboSink(api, settings());
    sink.open();
    sink.close();
    assertThat(((AmeboApi) api).status()).isNotNull();
    assertThat(api.closed).isFalse();
  }
}
