package io.amebobridge.aws;

import io.amebobridge.core.Message;
import java.util.ArrayList;
import java.util.List;

/** A message that was posted and is not settled; also its receipt. Guarded by its inbox. */
final class Pushed {
  final Message message;

  /** The posts that wait for it: the first, and SNS's later attempts. */
  final List<Answer> waiting = new ArrayList<>();

  Pushed(Message message) {
    this.message = message;
  }

  /** How a post is answered. May be called by any thread; only the first call counts. */
  interface Answer {
    void give(int status, String why);
  }

  @Override
  public String toString() {
    return message.toString();
  }
}
