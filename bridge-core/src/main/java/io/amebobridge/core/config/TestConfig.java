package io.amebobridge.core.config;

import io.amebobridge.core.Header;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of {@code tests:} a message, and what it must become. Immutable.
 *
 * @param line from 1, where it stands in the file
 */
public record TestConfig(String name, int line, Input input, Expect expect) {
  /**
   * The message.
   *
   * @param variables such as topic
   * @param body the bytes; null for a tombstone
   */
  public record Input(
      String source,
      Map<String, Object> variables,
      @Nullable String key,
      List<Header> headers,
      byte @Nullable [] body,
      Instant timestamp) {}

  /** What it must become. */
  public sealed interface Expect {}

  /** These events, in this order. */
  public record Events(List<ExpectedEvent> events) implements Expect {}

  /** Left out by the rule of this name. */
  public record FilteredBy(String rule) implements Expect {}

  /** Failed, with a reason that contains this text. */
  public record FailsWith(String text) implements Expect {}

  /**
   * One event.
   *
   * @param payload plain maps, lists, texts, numbers, booleans and null
   * @param checksPayload false where the test says nothing about it
   * @param key null where the test says nothing about it
   */
  public record ExpectedEvent(
      String action, @Nullable Object payload, boolean checksPayload, @Nullable String key) {}
}
