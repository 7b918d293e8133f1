package io.amebobridge.core.pump;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one lane, in the source's order. It is either idle (nothing waits), ready,
 * delayed by a retry, or busy with the one batch it may have under way.
 */
final class Lane {
  final @Nullable String name;
  final Deque<Item> waiting = new ArrayDeque<>();
  boolean busy;
  boolean queued;
  int attempt;
  long notBefore;

  Lane(@Nullable String name) {
    this.name = name;
  }
}
