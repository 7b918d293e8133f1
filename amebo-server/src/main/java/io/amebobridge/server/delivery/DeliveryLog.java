package io.amebobridge.server.delivery;

import io.amebobridge.client.TraceParent;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.LogEvent;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** One line for an attempt that failed; the message is constant, the rest is keys and values. */
final class DeliveryLog {
  private static final Logger log = LoggerFactory.getLogger(DeliveryLog.class);

  private DeliveryLog() {}

  /**
   * @param first of the subscription's failures in a row; those that follow are for debugging
   * @param next what will become of the delivery
   */
  static void failed(
      boolean first,
      Subscription subscription,
      LogEvent event,
      int attempt,
      CallResult result,
      String next) {
    Level level = first ? Level.WARN : Level.DEBUG;
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    LoggingEventBuilder line =
        log.atLevel(level)
            .addKeyValue("subscription", subscription.id())
            .addKeyValue("application", subscription.application())
            .addKeyValue("event", event.id())
            .addKeyValue("attempt", attempt)
            .addKeyValue("status", result.status())
            .addKeyValue("error", result.error())
            .addKeyValue("next", next);
    Optional<TraceParent> trace = TraceParent.parse(event.traceparent());
    (trace.isEmpty() ? line : line.addKeyValue("trace", trace.get().traceId()))
        .log("A delivery failed");
  }
}
