package io.amebobridge.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.brokers.Relay;
import io.amebobridge.core.Message;
import io.amebobridge.core.Naming;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.SinkException;
import io.amebobridge.testkit.TestRabbit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong between the bridge and RabbitMQ on the way out. */
class RabbitSinkFaultTest {
  private TestRabbit rabbit;
  private RabbitProcess node;
  private RabbitVirtualHost host;
  private Producer app;

  @BeforeEach
  void prepare() throws Exception {
    rabbit = TestRabbit.shared();
    node = rabbit.node();
    host = rabbit.newVirtualHost();
    app = new Producer(host.uri()).declare("orders", "quorum").declare("other", "classic");
  }

  @AfterEach
  void end() throws Exception {
    if (app != null) app.close();
    if (host != null && node.isRunning()) host.delete();
  }

  private RabbitSinks sinks() {
    return new RabbitSinks(host.uri());
  }

  private static CompletableFuture<List<SendResult>> send(RabbitSink sink, Message... batch) {
    return sink.send(List.of(batch)).toCompletableFuture();
  }

  private static List<SendResult> results(CompletableFuture<List<SendResult>> stage)
      throws Exception {
    return stage.get(40, TimeUnit.SECONDS);
  }

  private static List<Outcome> outcomes(CompletableFuture<List<SendResult>> stage)
      throws Exception {
    return results(stage).stream().map(SendResult::outcome).toList();
  }

  private static Message order(String id, @Nullable String lane) {
    return RabbitSinks.message(id, "orders", lane);
  }

  /** A queue that takes so many, and nacks what is more. */
  private void declareBounded(String queue, int most) throws Exception {
    Map<String, Object> arguments =
        Map.of("x-queue-type", "classic", "x-max-length", most, "x-overflow", "reject-publish");
    app.channel().queueDeclare(queue, true, false, false, arguments);
  }

  @Test
  void afterANackNothingLaterOfItsLaneIsStoredAlsoWhereItWouldFit() throws Exception {
    declareBounded("full", 1);
    app.publish("full", "filling");
    try (RabbitSink sink = sinks().open()) {
      List<SendResult> results =
          results(
              send(
                  sink,
                  order("a0", "a"),
                  RabbitSinks.message("a1", "full", "a"),
                  order("a2", "a"),
                  order("b0", "b"),
                  order("b1", "b"),
                  RabbitSinks.message("free-1", "full", null),
                  order("free-2", null)));
      assertThat(results)
          .extracting(SendResult::outcome)
          .containsExactly(
              Outcome.ACCEPTED,
              Outcome.UNAVAILABLE,
              Outcome.UNAVAILABLE,
              Outcome.ACCEPTED,
              Outcome.ACCEPTED,
              Outcome.UNAVAILABLE,
              Outcome.ACCEPTED);
      assertThat(results.get(1).detail()).contains("nack", "routing key \"full\"");
      assertThat(RabbitSinks.bodies(host.uri(), "orders"))
          .containsExactlyInAnyOrder("a0", "b0", "b1", "free-2");
      assertThat(RabbitSinks.bodies(host.uri(), "full")).containsExactly("filling");
      assertThat(outcomes(send(sink, RabbitSinks.message("a1", "full", "a"), order("a2", "a"))))
          .as("there is room now")
          .containsOnly(Outcome.ACCEPTED);
    }
  }

  @Test
  void whatNoQueueTakesIsRejectedAndItsLaneGoesOn() throws Exception {
    try (RabbitSink sink = sinks().open()) {
      List<SendResult> results =
          results(
              send(
                  sink,
                  order("a0", "a"),
                  RabbitSinks.message("a1", "nowhere", "a"),
                  order("a2", "a")));
      assertThat(results)
          .extracting(SendResult::outcome)
          .containsExactly(Outcome.ACCEPTED, Outcome.REJECTED, Outcome.ACCEPTED);
      assertThat(results.get(1).detail()).contains("312 NO_ROUTE", "\"nowhere\"", "bind one");
      assertThat(RabbitSinks.bodies(host.uri(), "orders")).containsExactly("a0", "a2");
    }
  }

  /** A return has no number; of alike messages each must get the end that it had. */
  @Test
  void ofManyAlikeThatComeBackNoneIsTakenForStored() throws Exception {
    List<Message> batch = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] body = {1, 2, 3};
      batch.add(RabbitSinks.message(null, i % 3 == 0 ? "nowhere" : "orders", null, body));
    }
    try (RabbitSink sink = sinks().open()) {
      List<Outcome> outcomes = outcomes(sink.send(batch).toCompletableFuture());
      for (int i = 0; i < 100; i++) {
        assertThat(outcomes.get(i)).isEqualTo(i % 3 == 0 ? Outcome.REJECTED : Outcome.ACCEPTED);
      }
    }
    assertThat(RabbitSinks.take(host.uri(), "orders")).hasSize(66);
  }

  @Test
  void aNodeThatIsKilledWithUnconfirmedMessages() throws Exception {
    try (RabbitSink sink = sinks().open()) {
      assertThat(outcomes(send(sink, order("before", "a")))).containsExactly(Outcome.ACCEPTED);
      List<Message> batch = lanes(20, 150);
      rabbit.awaitWritten();
      CompletableFuture<List<SendResult>> stage = sink.send(batch).toCompletableFuture();
      node.kill9();
      List<Outcome> first = outcomes(stage);
      assertThat(first).doesNotContain(Outcome.REJECTED, Outcome.DENIED);
      assertThat(first).as("killed in the middle").contains(Outcome.UNAVAILABLE);
      node.start();
      sendUntilAllAreAccepted(sink, batch, first);
      Set<String> stored = new LinkedHashSet<>(RabbitSinks.bodies(host.uri(), "orders"));
      assertThat(stored).contains("before").hasSize(3001);
      assertOrder(batch, stored);
    }
  }

  @Test
  void aConnectionThatIsCutInTheMiddleOfABatch() throws Exception {
    try (Relay relay = node.relay();
        RabbitSink sink = new RabbitSinks(host.uriAt(relay.endpoint())).open()) {
      List<Message> batch = lanes(10, 30);
      for (int i = 0; i < 5; i++) {
        relay.cutAfter(9_000);
        List<Outcome> first = outcomes(sink.send(batch).toCompletableFuture());
        assertThat(first).contains(Outcome.ACCEPTED, Outcome.UNAVAILABLE);
        sendUntilAllAreAccepted(sink, batch, first);
        Set<String> stored = new LinkedHashSet<>(RabbitSinks.bodies(host.uri(), "orders"));
        assertThat(stored).hasSize(300);
        assertOrder(batch, stored);
      }
    }
  }

  private static List<Message> lanes(int lanes, int perLane) {
    List<Message> batch = new ArrayList<>();
    for (int n = 0; n < perLane; n++) {
      for (int lane = 0; lane < lanes; lane++) {
        batch.add(order("%02d-%03d".formatted(lane, n), "lane-" + lane));
      }
    }
    return batch;
  }

  /** Like the pump: what is unavailable again, lane by lane in its order. */
  private static void sendUntilAllAreAccepted(
      RabbitSink sink, List<Message> batch, List<Outcome> first) throws Exception {
    List<Message> left = unavailable(batch, first);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (!left.isEmpty()) {
      left = unavailable(left, outcomes(sink.send(left).toCompletableFuture()));
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  private static List<Message> unavailable(List<Message> batch, List<Outcome> outcomes) {
    List<Message> left = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      if (outcomes.get(i) == Outcome.UNAVAILABLE) left.add(batch.get(i));
      else assertThat(outcomes.get(i)).isEqualTo(Outcome.ACCEPTED);
    }
    return left;
  }

  /** By the first time that each was stored. */
  private static void assertOrder(List<Message> batch, Set<String> stored) {
    Set<String> lanes = new LinkedHashSet<>();
    batch.forEach(m -> lanes.add(String.valueOf(m.id()).substring(0, 2)));
    for (String lane : lanes) {
      assertThat(stored.stream().filter(s -> s.startsWith(lane + "-")).toList()).isSorted();
    }
  }

  @Test
  void anAlarmMakesMessagesUnavailableAndWithItsEndTheyGoOut() throws Exception {
    try (RabbitSink sink = sinks().confirmTimeout(Duration.ofSeconds(2)).open()) {
      assertThat(outcomes(send(sink, order("first", "a")))).containsExactly(Outcome.ACCEPTED);
      node.control("set_vm_memory_high_watermark", "absolute", "1");
      try {
        // the one that makes the broker say so is stored, what is behind it may be on its way
        var unused = outcomes(send(sink, order("told", "a"), order("behind", "b")));
        await()
            .untilAsserted(
                () ->
                    assertThat(results(send(sink, order("blocked", "c"))).get(0).detail())
                        .contains("blocks publishers", "low on memory"));
        long start = System.nanoTime();
        List<Message> many = lanes(50, 20);
        assertThat(outcomes(sink.send(many).toCompletableFuture()))
            .containsOnly(Outcome.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
      } finally {
        node.control("set_vm_memory_high_watermark", "absolute", "512MB");
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(outcomes(send(sink, order("after", "d"))))
                      .containsExactly(Outcome.ACCEPTED));
      assertThat(RabbitSinks.bodies(host.uri(), "orders"))
          .contains("first", "told", "after")
          .noneMatch(s -> s.matches("\\d\\d-\\d\\d\\d"));
    }
  }

  @Test
  void anExchangeThatIsDeletedIsWaitedFor() throws Exception {
    app.channel().exchangeDeclare("shop", "fanout", true);
    app.channel().queueBind("orders", "shop", "");
    try (RabbitSink sink = sinks().exchange(Naming.fixed("shop")).open()) {
      app.channel().exchangeDelete("shop");
      List<SendResult> results = results(send(sink, order("a0", "a"), order("a1", "a")));
      assertThat(results).extracting(SendResult::outcome).containsOnly(Outcome.UNAVAILABLE);
      assertThat(results.get(0).detail()).contains("no exchange 'shop'", "create it again");
      app.channel().exchangeDeclare("shop", "fanout", true);
      app.channel().queueBind("orders", "shop", "");
      await()
          .untilAsserted(
              () ->
                  assertThat(outcomes(send(sink, order("a0", "a"), order("a1", "a"))))
                      .containsOnly(Outcome.ACCEPTED));
    }
    assertThat(RabbitSinks.bodies(host.uri(), "orders")).containsExactly("a0", "a1");
  }

  @Test
  void anExchangeThatWasNeverThereIsDeniedAndDisturbsOthersAtMostForAMoment() throws Exception {
    app.channel().exchangeDeclare("shop", "fanout", true);
    app.channel().queueBind("orders", "shop", "");
    Naming byAddress = Naming.address();
    try (RabbitSink sink = sinks().exchange(byAddress).routingKey(Naming.fixed("")).open()) {
      Message good = RabbitSinks.message("good", "shop", "a");
      List<SendResult> results = results(send(sink, RabbitSinks.message("m", "shpo", "b"), good));
      assertThat(results.get(0).outcome()).isEqualTo(Outcome.DENIED);
      assertThat(results.get(0).detail()).contains("no exchange 'shpo'", "correct the name");
      assertThat(results.get(1).outcome()).isIn(Outcome.UNAVAILABLE, Outcome.ACCEPTED);
      await()
          .untilAsserted(
              () -> assertThat(outcomes(send(sink, good))).containsExactly(Outcome.ACCEPTED));
    }
  }

  @Test
  void whatIsNotAllowedIsDeniedAndOnceItIsAllowedTheSameSinkGoesOn() throws Exception {
    app.channel().exchangeDeclare("shop", "fanout", true);
    app.channel().queueBind("orders", "shop", "");
    permit("orders");
    try (RabbitSink sink = sinks().exchange(Naming.fixed("shop")).open()) {
      List<SendResult> results = results(send(sink, order("a0", "a"), order("a1", "a")));
      assertThat(results).extracting(SendResult::outcome).containsOnly(Outcome.DENIED);
      assertThat(results.get(0).detail()).contains("exchange 'shop'", "refused");
      permit(".*");
      await()
          .untilAsserted(
              () ->
                  assertThat(outcomes(send(sink, order("a0", "a"))))
                      .containsExactly(Outcome.ACCEPTED));
    }
  }

  private void permit(String write) throws Exception {
    node.management()
        .put(
            "/api/permissions/" + host.name() + "/" + host.user(),
            "{\"configure\":\".*\",\"write\":\"%s\",\"read\":\".*\"}".formatted(write));
  }

  @Test
  void whatIsConfiguredAndNotThereIsSaidWhenItOpens() {
    assertThatThrownBy(() -> sinks().exchange(Naming.fixed("nothing")).open())
        .isInstanceOfSatisfying(
            SinkException.class, e -> assertThat(e.temporary()).as(e.getMessage()).isFalse())
        .hasMessageContainingAll("sinks.shop: exchange nothing", "is not there; create it")
        .hasMessageNotContaining(host.password());
    assertThatThrownBy(() -> sinks().routingKey(Naming.fixed("no-queue")).open())
        .hasMessageContainingAll("queue no-queue", "is not there");
  }

  @Test
  void aBrokerThatDoesNotAnswerIsGivenUpAfterTheConfirmTimeout() throws Exception {
    try (Relay relay = node.relay();
        RabbitSink sink =
            new RabbitSinks(host.uriAt(relay.endpoint()))
                .client("connection.heartbeat", "60")
                .confirmTimeout(Duration.ofMillis(500))
                .open()) {
      relay.stall(true);
      List<SendResult> results = results(send(sink, order("a0", "a"), order("a1", "a")));
      assertThat(results).extracting(SendResult::outcome).containsOnly(Outcome.UNAVAILABLE);
      assertThat(results.get(0).detail()).contains("has not confirmed", "within 500 ms");
      relay.stall(false);
      await()
          .untilAsserted(
              () ->
                  assertThat(outcomes(send(sink, order("a0", "a"), order("a1", "a"))))
                      .containsOnly(Outcome.ACCEPTED));
    }
    assertThat(new LinkedHashSet<>(RabbitSinks.bodies(host.uri(), "orders")))
        .containsExactly("a0", "a1");
  }

  @Test
  void closingEndsWhatIsUnderWay() throws Exception {
    try (Relay relay = node.relay()) {
      RabbitSink sink = new RabbitSinks(host.uriAt(relay.endpoint())).open();
      relay.stall(true);
      CompletableFuture<List<SendResult>> stage = send(sink, order("a0", "a"), order("a1", "a"));
      sink.close();
      assertThat(outcomes(stage)).containsOnly(Outcome.UNAVAILABLE);
      assertThat(send(sink, order("late", null))).isCompletedExceptionally();
    }
  }
}
