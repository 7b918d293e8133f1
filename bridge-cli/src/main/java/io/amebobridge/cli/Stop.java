package io.amebobridge.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and Ctrl-C: asks the verb to stop, holds the JVM until it has, and lets it end with the
 * verb's own exit code; the JVM would otherwise end under its feet, with 143.
 */
final class Stop {
  private static final CountDownLatch DONE = new CountDownLatch(1);
  private static final long LIMIT_SECONDS = 60;
  private static volatile int exitCode = Main.FAILED;

  private Stop() {}

  static void onSignal(Runnable stop) {
    Thread hook =
        new Thread(
            () -> {
              stop.run();
              try {
                boolean unused = DONE.await(LIMIT_SECONDS, TimeUnit.SECONDS);
                Runtime.getRuntime().halt(exitCode);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The verb has ended: the JVM may, with this code. */
  static void done(int code) {
    exitCode = code;
    DONE.countDown();
  }
}
