package io.amebobridge.server.registry;

import io.amebobridge.server.security.SecretFingerprint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From AMEBO_PREVIOUS_SECRET to AMEBO_SECRET. As long as another server lives that knows the old
 * one alone, all goes on under that. Thread-safe.
 */
public final class SecretRotation {
  private static final Logger log = LoggerFactory.getLogger(SecretRotation.class);
  private final Registry registry;
  private final SecretFingerprint fingerprint;
  private volatile boolean done;

  /** What the database has was checked: one of both opens it. */
  public SecretRotation(Registry registry, SecretFingerprint fingerprint) {
    this.registry = registry;
    this.fingerprint = fingerprint;
    this.done = !fingerprint.hasPrevious();
  }

  /** Whether tokens are still to be signed under the old secret: others know no other. */
  public boolean underPrevious() {
    return !done;
  }

  /** Rotates at once where nobody is in the way. Blocks. */
  public void start() {
    try {
      step().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
    if (!done) {
      log.atWarn()
          .log(
              "Other servers know AMEBO_PREVIOUS_SECRET alone: it stays in use until they are"
                  + " restarted with the new AMEBO_SECRET too");
    }
  }

  /** Looks again; nothing is done once it is over. */
  public CompletableFuture<Boolean> step() {
    if (done) {
      return CompletableFuture.completedFuture(true);
    }
    return registry
        .reseal(fingerprint)
        .thenApply(
            now -> {
              if (now && !done) {
                done = true;
                log.info("All that is stored is under the new AMEBO_SECRET");
              }
              return now;
            });
  }
}
