package io.amebobridge.testkit;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.amebo.AmeboSink;
import io.amebobridge.core.amebo.AmeboSinkSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An {@link AmeboSink} to any Amebo server. A subclass adds the faults that it can bring about, and
 * closes what it started. The server must know the action {@link #ACTION}, with {@link #SCHEMA}.
 */
public class AmeboSinkHarness implements SinkHarness {
  public static final String ACTION = "contract.happened";

  /** Payloads are {@code {"text": "…"}}. */
  public static final String SCHEMA =
      "{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\"}}}";

  private final AmeboApi api;
  private final Callable<List<StoredEvent>> reader;

  /**
   * @param reader gives all that is stored, in commit order
   */
  public AmeboSinkHarness(AmeboApi api, Callable<List<StoredEvent>> reader) {
    this.api = api;
    this.reader = reader;
  }

  @Override
  public MessageSink newSink() {
    return new AmeboSink(api, new AmeboSinkSettings("contract", 4, 1 << 20, 4));
  }

  @Override
  public List<Stored> stored() throws Exception {
    return reader.call().stream()
        .map(
            e ->
                new Stored(
                    id(e.deduper()), e.action(), e.payload().getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  /**
   * On an upstream server the sink makes the action a part of the deduper; the client writes # so.
   */
  private static @Nullable String id(@Nullable String deduper) {
    String suffix = "~23" + ACTION;
    return deduper != null && deduper.endsWith(suffix)
        ? deduper.substring(0, deduper.length() - suffix.length())
        : deduper;
  }

  @Override
  public String address() {
    return ACTION;
  }

  @Override
  public byte[] body(String text) {
    return ("{\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte @Nullable [] rejectedBody(String text) {
    return ("{\"other\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte @Nullable [] oversizedBody() {
    try {
      long limit = api.status().maxPayloadBytes();
      return limit == 0 ? null : body("x".repeat(Math.toIntExact(limit)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking for the limit", e);
    }
  }

  @Override
  public void begin(SinkFault fault) throws Exception {
    throw new IllegalStateException(fault + " is among unsupported()");
  }

  @Override
  public void end() throws Exception {}

  @Override
  public @Nullable String secret() {
    return null;
  }

  /** All of them, unless a subclass brings them about. */
  @Override
  public Map<SinkFault, String> unsupported() {
    return Stream.of(SinkFault.values())
        .collect(Collectors.toMap(Function.identity(), f -> "this server is left alone"));
  }

  @Override
  public void close() {
    api.close();
  }
}
