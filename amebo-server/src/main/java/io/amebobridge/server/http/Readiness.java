package io.amebobridge.server.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Whether the server can do what it is for, and why not. Thread-safe. */
final class Readiness {
  private static final Logger log = LoggerFactory.getLogger(Readiness.class);
  private final List<Check> checks;
  private volatile boolean troubled;

  /**
   * One thing that has to be well.
   *
   * @param reason for anyone; what a driver says may name hosts and users, so that is for the log
   * @param trouble what is wrong; empty where nothing is. May block
   */
  record Check(String reason, Supplier<Optional<String>> trouble) {}

  /**
   * @param checks made in this order, up to the first that finds something
   */
  Readiness(List<Check> checks) {
    this.checks = List.copyOf(checks);
  }

  /** Why it is not ready; empty where it is. May block. */
  Optional<String> reason() {
    for (Check check : checks) {
      Optional<String> found = check.trouble.get();
      if (found.isPresent()) {
        log.atLevel(troubled ? Level.DEBUG : Level.WARN)
            .addKeyValue("reason", check.reason)
            .addKeyValue("trouble", found.get())
            .log("Not ready");
        troubled = true;
        return Optional.of(check.reason);
      }
    }
    troubled = false;
    return Optional.empty();
  }
}
