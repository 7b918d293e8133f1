package io.amebobridge.server;

import io.amebobridge.server.store.LogWriter;
import java.time.Duration;

/** Tells metrics and deliveries about commits. */
final class CommitRelay implements LogWriter.Listener {
  private final ServerMetrics metrics;
  private volatile Runnable deliveries = () -> {};

  CommitRelay(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  ServerMetrics metrics() {
    return metrics;
  }

  void to(Runnable wake) {
    deliveries = wake;
  }

  @Override
  public void committed(int events, long head, Duration took) {
    metrics.committed(events, head, took);
    if (events > 0) {
      deliveries.run();
    }
  }

  @Override
  public void failed() {
    metrics.failed();
  }
}
