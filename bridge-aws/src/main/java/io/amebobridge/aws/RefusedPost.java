package io.amebobridge.aws;

import org.jspecify.annotations.Nullable;

/**
 * Something that was posted and is not taken. The message is for SNS's delivery log and ours; it
 * never has what was posted.
 */
final class RefusedPost extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final boolean toBeMended;

  private RefusedPost(int status, String why, @Nullable Throwable cause, boolean toBeMended) {
    super(why, cause, false, false); // many may come: no stack is of use
    this.status = status;
    this.toBeMended = toBeMended;
  }

  /** It is not SNS's. */
  static RefusedPost malformed(String why) {
    return new RefusedPost(400, why, null, false);
  }

  /** It is not for us, or not proven to be SNS's. SNS does not try again. */
  static RefusedPost forbidden(String why) {
    return new RefusedPost(403, why, null, false);
  }

  /** Not now: SNS tries again. */
  static RefusedPost later(String why) {
    return later(why, null);
  }

  static RefusedPost later(String why, @Nullable Throwable cause) {
    return new RefusedPost(503, why, cause, false);
  }

  /** By a fault of ours. */
  static RefusedPost failed(Throwable cause) {
    return new RefusedPost(500, cause.toString(), cause, false);
  }

  /** SNS has signed it, and somebody has to do something; SNS tries again meanwhile. */
  static RefusedPost toBeMended(String why) {
    return new RefusedPost(503, why, null, true);
  }

  boolean isToBeMended() {
    return toBeMended;
  }

  /** Of HTTP. */
  int status() {
    return status;
  }
}
