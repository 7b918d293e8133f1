package io.amebobridge.core.deadletter;

import static io.amebobridge.core.deadletter.Letters.letter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.Router;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.ConfigFixture;
import io.amebobridge.core.deadletter.DeadLetterReplay.Limits;
import io.amebobridge.core.deadletter.DeadLetterReplay.Report;
import io.amebobridge.core.deadletter.DeadLetterReplay.Result;
import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import io.amebobridge.core.mapping.MappingRouter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterReplayTest {
  private static final Clock CLOCK = Clock.fixed(Letters.AT, ZoneOffset.UTC);

  @TempDir Path directory;
  private final List<Report> reports = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final Sink sink = new Sink();

  /** Answers as it is told, and keeps what it was given. */
  private static final class Sink implements MessageSink {
    final List<String> sent = new ArrayList<>();
    Function<Message, SendResult> answer = m -> SendResult.accepted();
    boolean failing;

    @Override
    public void open() {}

    @Override
    public CompletionStage<List<SendResult>> send(List<Message> batch) {
      if (failing) return CompletableFuture.failedFuture(new IOException("connection refused"));
      batch.forEach(m -> sent.add(String.valueOf(m.id())));
      return CompletableFuture.completedFuture(batch.stream().map(answer).toList());
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void fiveLetters() throws IOException {
    try (FileDeadLetterStore store =
        FileDeadLetterStore.open(directory, 1 << 20, AppendFile::onDisk)) {
      store.store(IntStream.rangeClosed(1, 5).mapToObj(Letters::letter).toList());
    }
  }

  private static Router.Routing same(Message m) {
    return new Router.Mapped("r", List.of(m));
  }

  private boolean replay(Router router, int batch) throws Exception {
    List<StoredDeadLetter> open = letters(State.OPEN);
    try (ReplayJournal journal = ReplayJournal.open(directory, CLOCK)) {
      Limits limits = new Limits(batch, 3, Duration.ofMillis(10));
      return new DeadLetterReplay(router, sink, journal, limits, pauses::add)
          .replay(open, reports::add);
    }
  }

  private List<StoredDeadLetter> letters(State... states) throws IOException {
    return new DeadLetterReader(directory).list(DeadLetterFilter.in(states), null, 100).letters();
  }

  private List<String> ids(State... states) throws IOException {
    return letters(states).stream().map(StoredDeadLetter::id).toList();
  }

  private static String id(int n) {
    return "kafka:c:t:3:" + n;
  }

  @Test
  void goesInOrderUnderTheOldIdsAndIsNotedOnce() throws Exception {
    assertThat(replay(DeadLetterReplayTest::same, 2)).isTrue();
    assertThat(sink.sent).containsExactly(id(1), id(2), id(3), id(4), id(5));
    assertThat(reports).extracting(Report::result).containsOnly(Result.ACCEPTED).hasSize(5);
    assertThat(letters(State.OPEN)).isEmpty();
    assertThat(letters(State.REPLAYED)).hasSize(5);
  }

  @Test
  void whatStillFailsStaysOpen() throws Exception {
    sink.answer =
        m -> id(2).equals(m.id()) ? SendResult.rejected("schema") : SendResult.duplicate();
    Router router =
        m -> {
          if (id(3).equals(m.id())) return new Router.Failed("r", "no such value");
          return id(4).equals(m.id()) ? new Router.Filtered("tests") : same(m);
        };
    assertThat(replay(router, 100)).isTrue();
    assertThat(reports)
        .containsExactlyInAnyOrder(
            new Report("00000001-1", Result.ACCEPTED, "was stored already"),
            new Report("00000001-2", Result.STILL_FAILING, "schema"),
            new Report("00000001-3", Result.STILL_FAILING, "no such value"),
            new Report("00000001-4", Result.FILTERED, "tests"),
            new Report("00000001-5", Result.ACCEPTED, "was stored already"));
    assertThat(ids(State.OPEN)).containsExactly("00000001-2", "00000001-3");
    assertThat(ids(State.DISCARDED)).containsExactly("00000001-4");
  }

  @Test
  void unavailableIsTriedAgainAndOnlyWhatIsLeft() throws Exception {
    List<String> once = new ArrayList<>(List.of(id(2)));
    sink.answer =
        m ->
            once.remove(m.id())
                ? SendResult.unavailable("503", Duration.ofSeconds(7))
                : SendResult.accepted();
    assertThat(replay(DeadLetterReplayTest::same, 100)).isTrue();
    assertThat(sink.sent).containsExactly(id(1), id(2), id(3), id(4), id(5), id(2));
    assertThat(pauses).containsExactly(Duration.ofSeconds(7));
    assertThat(letters(State.OPEN)).isEmpty();
  }

  @Test
  void aTargetThatIsAwayStopsTheReplayAndLosesNothing() throws Exception {
    sink.failing = true;
    assertThat(replay(DeadLetterReplayTest::same, 2)).isFalse();
    assertThat(reports).hasSize(5).extracting(Report::result).containsOnly(Result.NOT_SENT);
    assertThat(reports.get(0).detail()).contains("connection refused");
    assertThat(pauses).hasSize(2);
    assertThat(letters(State.OPEN)).hasSize(5);
    sink.failing = false;
    assertThat(replay(DeadLetterReplayTest::same, 2)).isTrue();
    assertThat(letters(State.OPEN)).isEmpty();
  }

  @Test
  void wrongCredentialsStopItAtOnce() throws Exception {
    sink.answer = m -> SendResult.denied("401");
    assertThat(replay(DeadLetterReplayTest::same, 2)).isFalse();
    assertThat(sink.sent).hasSize(2);
    assertThat(pauses).isEmpty();
    assertThat(letters(State.OPEN)).hasSize(5);
  }

  @Test
  void aLetterOfSeveralEventsIsAcceptedOnlyAsAWhole() throws Exception {
    Router router =
        m ->
            new Router.Mapped(
                "r",
                List.of(m, new Message(m.id() + "#b", "b", null, m.body(), List.of(), m.origin())));
    sink.answer =
        m ->
            Objects.equals(m.id(), id(1) + "#b")
                ? SendResult.rejected("unknown action")
                : SendResult.accepted();
    assertThat(replay(router, 100)).isTrue();
    assertThat(ids(State.OPEN)).containsExactly("00000001-1");
  }

  @Test
  void runsBesideAWritingBridgeButNotBesideAnotherReplay() throws Exception {
    try (FileDeadLetterStore store =
            FileDeadLetterStore.open(directory, 1 << 20, AppendFile::onDisk);
        ReplayJournal journal = ReplayJournal.open(directory, CLOCK)) {
      store.store(List.of(letter(6)));
      journal.markReplayed("00000001-6", "accepted");
      assertThatThrownBy(() -> ReplayJournal.open(directory, CLOCK))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another replay is under way");
    }
    assertThat(letters(State.REPLAYED)).hasSize(1);
  }

  /** A crash while noting: the letter is sent again, and its id makes that harmless. */
  @Test
  void aTornNoteCountsAsNotWritten() throws Exception {
    try (ReplayJournal journal = ReplayJournal.open(directory, CLOCK)) {
      journal.markReplayed("00000001-1", "accepted");
      journal.discard("00000001-2", "not needed");
    }
    Path file = directory.resolve("replays.ndjson");
    Files.writeString(
        file, "{\"id\":\"00000001-3\",\"at\":", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    assertThat(letters(State.OPEN)).hasSize(3);
    try (ReplayJournal journal = ReplayJournal.open(directory, CLOCK)) {
      journal.markReplayed("00000001-4", "accepted");
    }
    assertThat(ids(State.OPEN)).containsExactly("00000001-3", "00000001-5");
    assertThat(ids(State.DISCARDED)).containsExactly("00000001-2");
  }

  @Test
  void noDirectoryIsSaid() {
    Path none = directory.resolve("none");
    assertThatThrownBy(() -> ReplayJournal.open(none, CLOCK)).hasMessageContaining(none.toString());
  }

  /** What the mapping looks at must have survived the file: variables with their types, headers. */
  @Test
  void goesThroughTheMappingAsItIsNow() throws Exception {
    Message read = letter(6).message();
    byte[] body = "{\"id\":7}".getBytes(StandardCharsets.UTF_8);
    Message json =
        new Message(read.id(), read.address(), read.key(), body, read.headers(), read.origin());
    try (FileDeadLetterStore store =
        FileDeadLetterStore.open(directory, 1 << 20, AppendFile::onDisk)) {
      store.store(
          List.of(
              new DeadLetter(
                  Letters.AT, json, "", DeadLetter.Stage.MAPPING, "no route", List.of())));
    }
    BridgeConfig config =
        ConfigFixture.routes(
            """
            - from: {source: events, topic: orders, partition: 3}
              action: order.{{ id }}
              payload: "{{ {'o': $offset, 'b': $headers.b, 'at': $timestamp} }}"
            """);
    List<Message> got = new ArrayList<>();
    sink.answer =
        m -> {
          got.add(m);
          return SendResult.accepted();
        };
    replay(MappingRouter.factory(config).get(), 100);
    assertThat(ids(State.REPLAYED)).containsExactly("00000001-6");
    assertThat(got).singleElement().extracting(Message::address).isEqualTo("order.7");
    assertThat(new String(Objects.requireNonNull(got.get(0).body()), StandardCharsets.UTF_8))
        .isEqualTo("{\"o\":5000000006,\"b\":[\"2\",\"3\"],\"at\":\"2026-01-31T12:00:00.123Z\"}");
  }
}
