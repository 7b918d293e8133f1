package io.amebobridge.core.deadletter;

import io.amebobridge.core.Message;
import java.time.Instant;
import java.util.List;

/**
 * A message that could not be delivered, with all that is needed to deliver it later.
 *
 * @param message as it was read: original bytes and headers
 * @param route the route at fault; empty where none matched
 * @param stage where it failed
 * @param reason names the place and the remedy
 * @param rendered the messages it had become, where the mapping had succeeded
 */
public record DeadLetter(
    Instant at, Message message, String route, Stage stage, String reason, List<Message> rendered) {
  /** Where a message failed. */
  public enum Stage {
    /** It could not be mapped. */
    MAPPING,
    /** The other end rejected it for good. */
    SENDING
  }
}
