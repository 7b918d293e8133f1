package io.amebobridge.aws;

import io.amebobridge.core.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message that was received and is hidden from others for a while: a delivery's receipt. Made by
 * a receiver's thread, then confined to the pump's.
 */
final class Held {
  final QueueReader reader;
  final String sqsId;
  final String handle;

  /** An error, as long as its payload is to be fetched. */
  Message message;

  /** When SQS took it, in milliseconds since 1970; 0: unknown. */
  long sent;

  /** Where in S3 its payload is to be fetched; null: nothing is. */
  @Nullable PayloadPointer pointer;

  /** Its payload is being fetched. */
  boolean fetching;

  /** When to fetch it again. */
  long fetchNext = System.nanoTime();

  long fetchPause;

  /** By {@link System#nanoTime()}: until when it is surely hidden from others. */
  long deadline;

  /** However often it is renewed: until then. */
  final long limit;

  /** In the order of arrival. */
  long number;

  /** When to look at it again. */
  long due;

  /** Counts among what the queue's receivers may hold. */
  boolean counted = true;

  /** It is finished, and is to be deleted. */
  boolean settled;

  /** Others may have it. */
  boolean lost;

  /** It was deleted, or nothing more can be done for it. */
  boolean gone;

  Held(
      QueueReader reader, String sqsId, String handle, Message message, long deadline, long limit) {
    this.reader = reader;
    this.sqsId = sqsId;
    this.handle = handle;
    this.message = message;
    this.deadline = deadline;
    this.limit = limit;
  }

  @Nullable String lane() {
    return message.origin().lane();
  }

  /** Whether it is certainly hidden from others. */
  boolean isKept(long now) {
    return !lost && !gone && now - deadline < 0;
  }

  /** Without the handle, which is as good as the message. */
  @Override
  public String toString() {
    return sqsId + " of " + message.address();
  }
}
