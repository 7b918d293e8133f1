package io.amebobridge.core.pump;

import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Router;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.SourceException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a pump: opens the sink, then the source, runs until it is stopped or an error that
 * somebody must mend; what is temporary it tries again for ever. {@link #run()} once, on a thread
 * of its own; {@link #stop()}, {@link #status()} and {@link #failure()} from any thread.
 */
public final class RunPump implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(RunPump.class);

  private final PumpParts parts;
  private final String name;
  private final PumpSettings settings;
  private final PumpClock clock;
  private final Tally tally;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable MessageSource current;
  private volatile @Nullable String failure;
  private int attempt;

  public RunPump(PumpParts parts, PumpSettings settings, MeterRegistry registry, PumpClock clock) {
    this.parts = parts;
    this.name = parts.name();
    this.settings = settings;
    this.clock = clock;
    this.tally = new Tally(name, registry, clock);
  }

  /** Asks it to stop in order (rule 8); returns at once. */
  public void stop() {
    stopping.countDown();
    MessageSource source = current;
    if (source != null) source.wakeup();
  }

  public PumpStatus status() {
    return tally.status();
  }

  /** Why it stopped for good; null if it runs or was asked to stop. */
  public @Nullable String failure() {
    return failure;
  }

  @Override
  public void run() {
    try {
      Router router = parts.routers().get();
      openSink();
      runSources(router);
      tally.state(PumpStatus.State.STOPPED);
    } catch (PumpStopped e) {
      fail(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted");
    } catch (RuntimeException | Error e) {
      log.error("source {}: stopped by a fault of the bridge itself", name, e);
      fail("a fault of the bridge itself: " + e);
    }
  }

  private void fail(@Nullable String why) {
    failure = why;
    tally.failed(why);
    tally.state(PumpStatus.State.FAILED);
    log.error("source {}: STOPPED. {}", name, why);
  }

  private boolean stopped() {
    return stopping.getCount() == 0;
  }

  private void openSink() throws PumpStopped, InterruptedException {
    while (!stopped()) {
      try {
        parts.sink().open();
        attempt = 0;
        return;
      } catch (SinkException e) {
        if (!e.temporary()) throw new PumpStopped(String.valueOf(e.getMessage()));
        waitAfter("waits for Amebo", e);
      }
    }
  }

  /** One source after the other: a new one each time the last had to be given up. */
  private void runSources(Router router) throws PumpStopped, InterruptedException {
    while (!stopped()) {
      try {
        runSource(router);
      } catch (SourceException e) {
        if (!e.temporary()) throw new PumpStopped(String.valueOf(e.getMessage()));
        waitAfter("waits for its broker", e);
      }
    }
  }

  /** From open to close of one source. */
  private void runSource(Router router) throws SourceException, PumpStopped, InterruptedException {
    MessageSource source = parts.sources().get();
    Pump pump = new Pump(source, router, parts, settings, clock, tally);
    source.beforeRevocation(pump);
    current = source;
    try {
      source.open();
      if (attempt > 0) log.info("source {}: open after {} attempts", name, attempt);
      tally.state(PumpStatus.State.RUNNING);
      long proven = clock.nanos().getAsLong() + settings.backoff().max().toNanos();
      while (!stopped()) {
        pump.cycle();
        // A source that only opens and then breaks again must not be opened again without a pause.
        if (attempt > 0 && clock.nanos().getAsLong() - proven >= 0) attempt = 0;
      }
      pump.drainAll(settings.drainTimeout());
    } finally {
      current = null;
      close(pump, source);
    }
  }

  /** Whatever happens on the way, the source is closed and the counters add up. */
  private static void close(Pump pump, MessageSource source) {
    try {
      pump.settleQuietly();
    } finally {
      try {
        source.close();
      } finally {
        pump.abandonAll();
      }
    }
  }

  private void waitAfter(String what, Exception e) throws InterruptedException {
    tally.failed(e.getMessage());
    tally.state(PumpStatus.State.STARTING);
    String text = "source {} {} and tries again: {}";
    if (attempt == 0) log.warn(text, name, what, e.getMessage());
    else log.debug(text + " (attempt {})", name, what, e.getMessage(), attempt + 1);
    long delay = settings.backoff().delayNanos(attempt++, null);
    boolean unused = stopping.await(delay, TimeUnit.NANOSECONDS);
  }
}
