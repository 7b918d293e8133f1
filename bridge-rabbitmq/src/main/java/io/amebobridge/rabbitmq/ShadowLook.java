package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A shadow as it is now.
 *
 * @param ready messages that wait in it
 * @param bytes of them; -1 unknown
 * @param evidence of copies that were never read; -1: the queue for it is gone
 * @param unbound what messages come by no longer, for people
 * @param unseen why bytes and bindings could not be looked at; null: they could, or need not be
 */
record ShadowLook(
    long ready, long bytes, long evidence, List<String> unbound, @Nullable String unseen) {
  /** Waits for the broker. */
  static ShadowLook at(
      Connection connection,
      @Nullable Management management,
      RabbitSettings settings,
      ShadowSettings shadow)
      throws IOException, InterruptedException {
    long ready = Probe.passive(connection, shadow.queue()).ready();
    String dropped = shadow.dropped();
    long evidence = dropped == null ? 0 : evidence(connection, dropped);
    List<String> unbound = new ArrayList<>();
    Set<String> exchanges = new LinkedHashSet<>();
    for (ShadowBinding b : shadow.bindings()) exchanges.add(b.exchange());
    for (String exchange : exchanges) {
      if (!Probe.isThere(connection, exchange)) unbound.add("exchange " + exchange + " is gone");
    }
    long bytes = -1;
    String unseen = null;
    if (management != null && unbound.isEmpty()) {
      try {
        String queue =
            Management.part(settings.virtualHost()) + "/" + Management.part(shadow.queue());
        Optional<JsonNode> found = management.find("/api/queues/" + queue);
        if (found.isPresent()) bytes = found.get().path("message_bytes_ready").asLong(-1);
        List<ShadowBinding> there = ShadowBindings.of(management, settings, shadow.queue());
        for (ShadowBinding b : shadow.bindings()) {
          if (!ShadowBindings.has(there, b)) unbound.add("the binding to " + b + " is gone");
        }
      } catch (SourceException e) { // what AMQP has told holds all the same
        unseen = e.getMessage();
      }
    }
    boolean again = shadow.continueAfterLoss() && (management == null || !unbound.isEmpty());
    boolean allThere = unbound.stream().noneMatch(u -> u.startsWith("exchange "));
    if (again && allThere) {
      DeclareShadow.bind(connection, settings.name(), shadow, shadow.bindings());
    }
    return new ShadowLook(ready, bytes, evidence, unbound, unseen);
  }

  private static long evidence(Connection connection, String dropped) throws IOException {
    Probe.Found found = Probe.passive(connection, dropped);
    return found.isThere() ? found.ready() : -1;
  }
}
