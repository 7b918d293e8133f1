package io.amebobridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.Origin;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the tests of {@link MessageSinkContract} do over and over. */
final class ContractSink implements AutoCloseable {
  static final Set<Outcome> STORED = Set.of(Outcome.ACCEPTED, Outcome.DUPLICATE);

  private final SinkHarness harness;
  private final List<MessageSink> sinks = new ArrayList<>();
  private int offset;

  ContractSink(SinkHarness harness) {
    this.harness = harness;
  }

  MessageSink open() throws Exception {
    MessageSink sink = harness.newSink();
    sinks.add(sink);
    sink.open();
    return sink;
  }

  Message message(String id, @Nullable String lane) {
    return message(id, lane, harness.body(id));
  }

  Message message(@Nullable String id, @Nullable String lane, byte @Nullable [] body) {
    SourceCoordinates at = new SourceCoordinates("contract", "stream", 0, (long) offset++);
    Origin origin = new Origin("contract", lane, Instant.EPOCH, Map.of(), at, null);
    byte[] key = lane == null ? null : lane.getBytes(StandardCharsets.UTF_8);
    return new Message(id, harness.address(), key, body, List.of(), origin);
  }

  /** Named {@code <prefix>-<lane>-<n>}, the lanes taking turns. */
  List<Message> interleaved(String prefix, int perLane, String... lanes) {
    List<Message> all = new ArrayList<>();
    for (int n = 0; n < perLane; n++) {
      for (String lane : lanes) all.add(message(prefix + "-" + lane + "-" + n, lane));
    }
    return all;
  }

  /** A failed stage means, for each message, what unavailable means (rule 9). */
  static List<SendResult> results(CompletionStage<List<SendResult>> stage, int expected)
      throws Exception {
    try {
      List<SendResult> results = stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertThat(results).hasSize(expected).doesNotContainNull();
      return results;
    } catch (ExecutionException e) {
      SendResult failed = SendResult.unavailable(String.valueOf(e.getCause()), null);
      return Arrays.asList(new SendResult[expected]).stream().map(none -> failed).toList();
    }
  }

  static List<Outcome> send(MessageSink sink, List<Message> batch) throws Exception {
    return outcomes(results(sink.send(batch), batch.size()));
  }

  static List<Outcome> outcomes(List<SendResult> results) {
    return results.stream().map(SendResult::outcome).toList();
  }

  static List<String> ids(List<Message> messages) {
    return messages.stream().map(m -> String.valueOf(m.id())).toList();
  }

  List<String> storedIds() throws Exception {
    return harness.stored().stream().map(s -> String.valueOf(s.id())).toList();
  }

  /** In stored order, of the messages of one lane of this batch. */
  List<String> storedIds(List<Message> batch, @Nullable String lane) throws Exception {
    List<String> ids =
        ids(batch.stream().filter(m -> Objects.equals(m.origin().lane(), lane)).toList());
    return storedIds().stream().filter(ids::contains).toList();
  }

  @Override
  public void close() {
    for (MessageSink sink : sinks) sink.close();
  }
}
