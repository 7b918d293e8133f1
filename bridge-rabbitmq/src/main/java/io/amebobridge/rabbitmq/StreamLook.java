package io.amebobridge.rabbitmq;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Looks into a stream in the background, and wakes the pump when it has. Thread-safe. */
record StreamLook(StreamProbe stream, String source, HandOver handOver) {
  /** The oldest message. */
  CompletableFuture<Optional<StreamMessage>> first() {
    return look(stream::first);
  }

  /** The newest message. */
  CompletableFuture<Optional<StreamMessage>> last() {
    return look(stream::last);
  }

  private CompletableFuture<Optional<StreamMessage>> look(Callable<Optional<StreamMessage>> what) {
    CompletableFuture<Optional<StreamMessage>> future = Background.call("look-" + source, what);
    var unused = future.whenComplete((found, failure) -> handOver.wake());
    return future;
  }
}
