package io.amebobridge.aws;

import org.jspecify.annotations.Nullable;

/**
 * Something that was posted and is not taken. The message is for SNS's delivery log and ours; it
 * never has what was posted.
 */
final class RefusedPost extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;

  private RefusedPost(int status, String why, @Nullable Throwable cause) {
    super(why, cause, false, false); // many may come: no stack is of use
    this.status = status;
  }

  /** It is not SNS's. */
  static RefusedPost malformed(String why) {
    return new RefusedPost(400, why, null);
  }

  /** It is not for us, or not proven to be SNS's. SNS does not try again. */
  static RefusedPost forbidden(String why) {
    return new RefusedPost(403, why, null);
  }

  /** Not now: SNS tries again. */
  static RefusedPost later(String why) {
    return later(why, null);
  }

  static RefusedPost later(String why, @Nullable Throwable cause) {
    return new RefusedPost(503, why, cause);
  }

  /** Of HTTP. */
  int status() {
    return status;
  }
}
