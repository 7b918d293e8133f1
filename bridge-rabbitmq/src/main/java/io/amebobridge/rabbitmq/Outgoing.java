package io.amebobridge.rabbitmq;

import org.jspecify.annotations.Nullable;

/** A message on its way out. */
sealed interface Outgoing {
  /** Messages of one lane keep their order; null: unordered. */
  @Nullable String lane();

  /** What is to be published. */
  record Ready(@Nullable String lane, Publication publication, Likeness likeness)
      implements Outgoing {}

  /** What can't be made into a publication. */
  record Unfit(@Nullable String lane, String why) implements Outgoing {}

  static Outgoing of(@Nullable String lane, Publication publication) {
    return new Ready(lane, publication, Likeness.of(publication));
  }

  static Outgoing unfit(@Nullable String lane, String why) {
    return new Unfit(lane, why);
  }
}
