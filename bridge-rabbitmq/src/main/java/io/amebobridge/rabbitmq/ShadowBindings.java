package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The bindings that a queue has, by the management API. Stateless. */
final class ShadowBindings {
  private ShadowBindings() {}

  /** Without the default exchange's, which every queue has; none where there is no such queue. */
  static List<ShadowBinding> of(Management management, RabbitSettings settings, String queue)
      throws SourceException, InterruptedException {
    String path =
        "/api/queues/"
            + Management.part(settings.virtualHost())
            + "/"
            + Management.part(queue)
            + "/bindings";
    Optional<JsonNode> found = management.find(path);
    List<ShadowBinding> bindings = new ArrayList<>();
    if (found.isEmpty()) return bindings;
    for (JsonNode b : found.get().values()) {
      String exchange = ReadInventory.text(b, "source");
      if (exchange.isEmpty()) continue;
      Map<String, Object> arguments = new LinkedHashMap<>();
      for (Map.Entry<String, @Nullable Object> e :
          ReadInventory.map(b.path("arguments")).entrySet()) {
        Object value = e.getValue();
        arguments.put(e.getKey(), value == null ? "null" : value);
      }
      bindings.add(new ShadowBinding(exchange, ReadInventory.text(b, "routing_key"), arguments));
    }
    return bindings;
  }

  static boolean has(List<ShadowBinding> bindings, ShadowBinding wanted) {
    return bindings.stream()
        .anyMatch(b -> b.is(wanted.exchange(), wanted.routingKey(), wanted.arguments()));
  }
}
