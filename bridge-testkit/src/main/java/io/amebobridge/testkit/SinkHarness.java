package io.amebobridge.testkit;

import io.amebobridge.core.MessageSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter gives to {@link MessageSinkContract}: a place of its own at the other end. Made
 * anew for each test. Used by one thread.
 */
public interface SinkHarness extends AutoCloseable {
  /** What {@link SinkFault#THROTTLING} asks for. */
  Duration RETRY_AFTER = Duration.ofSeconds(7);

  /** A stored message, with the id it was sent under. */
  record Stored(@Nullable String id, String address, byte[] body) {}

  /**
   * A new sink, not yet open, to the same place. A batch of more than eight messages must take it
   * more than two requests, so that a fault can come between.
   */
  MessageSink newSink() throws Exception;

  /** All that is stored, in the order it was stored. */
  List<Stored> stored() throws Exception;

  /** Where messages of the contract go to. */
  String address();

  /** A good body with this text in it. */
  byte[] body(String text);

  /** From now on until {@link #end}. */
  void begin(SinkFault fault) throws Exception;

  /** All is well again, with what was stored. */
  void end() throws Exception;

  /** A body with this text in it that the other end rejects for good; null where there is none. */
  byte @Nullable [] rejectedBody(String text);

  /** A body that is too large; null where there is no limit. */
  byte @Nullable [] oversizedBody();

  /** What must not be in any text; null where nothing is configured that is secret. */
  @Nullable String secret();

  /** Whether a second message of the same id is not stored again. */
  default boolean recognisesRepeats() {
    return true;
  }

  /** The faults that can't be brought about here, with the reason. */
  default Map<SinkFault, String> unsupported() {
    return Map.of();
  }

  @Override
  void close();
}
