package io.amebobridge.rabbitmq;

import java.io.IOException;

/** The stream of this name is not the one that was read. */
final class StreamChanged extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what was found, such as "ends at offset 3, before offset 10 that was read". */
  StreamChanged(String what) {
    super(what + ": it was deleted and created again, or the broker lost messages");
  }
}
