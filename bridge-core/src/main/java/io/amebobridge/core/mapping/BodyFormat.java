package io.amebobridge.core.mapping;

import io.amebobridge.core.Message;
import org.jspecify.annotations.Nullable;

/** Reads bodies of one format. Thread-safe. */
public interface BodyFormat {
  /** The word in a route's {@code format}. */
  String name();

  /**
   * The body as plain maps (in order), lists, texts, numbers, booleans and null.
   *
   * @param message one with a body
   * @throws UndecodableException saying where and why; never with the body's text
   */
  @Nullable Object decode(Message message) throws UndecodableException;
}
