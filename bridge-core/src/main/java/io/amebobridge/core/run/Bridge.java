package io.amebobridge.core.run;

import io.amebobridge.core.pump.PumpStatus;
import io.amebobridge.core.pump.RunPump;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The running bridge: one thread per source. A source that fails stops alone; the others go on.
 * Thread-safe.
 */
public final class Bridge {
  private final List<RunPump> pumps;
  private final List<Thread> threads = new ArrayList<>();

  public Bridge(List<RunPump> pumps) {
    this.pumps = List.copyOf(pumps);
  }

  public void start() {
    for (RunPump pump : pumps) {
      Thread thread = new Thread(pump, "pump-" + pump.status().source());
      threads.add(thread);
      thread.start();
    }
  }

  /** Asks all pumps to stop in order; returns at once. */
  public void stop() {
    pumps.forEach(RunPump::stop);
  }

  /** Waits until all pumps have ended; false if some have not within the time. */
  public boolean await(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (Thread thread : threads) {
      long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
      thread.join(left);
      if (thread.isAlive()) return false;
    }
    return true;
  }

  /** Waits until all pumps have ended; true if none of them failed. */
  public boolean await() throws InterruptedException {
    for (Thread thread : threads) thread.join();
    return failures().isEmpty();
  }

  /** Why pumps stopped for good. */
  public List<String> failures() {
    List<String> failures = new ArrayList<>();
    for (RunPump pump : pumps) {
      String failure = pump.failure();
      if (failure != null) failures.add("source " + pump.status().source() + ": " + failure);
    }
    return failures;
  }

  public List<PumpStatus> status() {
    return pumps.stream().map(RunPump::status).toList();
  }

  /** Both ends of every source answer. */
  public boolean ready() {
    return status().stream().allMatch(s -> s.state() == PumpStatus.State.RUNNING);
  }
}
