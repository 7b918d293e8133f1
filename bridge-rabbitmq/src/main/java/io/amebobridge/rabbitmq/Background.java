package io.amebobridge.rabbitmq;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Work that waits for the broker, so that the pump's thread need not. */
final class Background {
  private Background() {}

  /** On a thread that lives as long as the work. */
  static <T> CompletableFuture<T> call(String name, Callable<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                future.complete(work.call());
              } catch (Exception | Error e) {
                future.completeExceptionally(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return future;
  }
}
