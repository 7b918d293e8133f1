package io.amebobridge.core.mapping;

import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.core.Router;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.ExactNumber;
import io.amebobridge.core.config.RouteConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The config's routes. Confined to one thread, with compiled expressions of its own: make one per
 * pump.
 */
public final class MappingRouter implements Router {
  private static final Logger log = LoggerFactory.getLogger(MappingRouter.class);

  private final Map<String, List<CompiledRoute>> bySource = new HashMap<>();
  private final Map<String, BodyFormat> formats = new HashMap<>();
  private final ExactNumber.Rounding rounding = new ExactNumber.Rounding();

  private MappingRouter(BridgeConfig config, Collection<? extends BodyFormat> more) {
    formats.put("text", new TextFormat());
    more.forEach(f -> formats.put(f.name(), f));
    CompiledExpression.Engine engine =
        new CompiledExpression.Engine(rounding, config.limits().expressionTimeout());
    for (RouteConfig route : config.routes()) {
      bySource
          .computeIfAbsent(route.source(), s -> new ArrayList<>())
          .add(new CompiledRoute(route, engine));
    }
  }

  /** Makes routers for any source of this config; JSON and text bodies. Thread-safe. */
  public static Supplier<Router> factory(BridgeConfig config) {
    return factory(config, List.of());
  }

  /**
   * The same, with more body formats.
   *
   * @param formats those whose names the config was read with, but for json and text
   */
  public static Supplier<Router> factory(
      BridgeConfig config, Collection<? extends BodyFormat> formats) {
    List<BodyFormat> copy = List.copyOf(formats);
    return () -> new MappingRouter(config, copy);
  }

  @Override
  public Routing route(Message message) {
    try {
      return decide(message);
    } catch (RuntimeException e) {
      log.warn("Mapping failed unexpectedly for {}", message, e);
      return new Failed("", "the mapping failed unexpectedly: " + e.getClass().getName());
    }
  }

  private Routing decide(Message message) {
    Origin origin = message.origin();
    if (origin.error() != null) {
      return new Failed("", "the source could not read the message: " + origin.error());
    }
    Scope scope = new Scope(message, rounding, formats);
    List<String> declined = new ArrayList<>(0);
    for (CompiledRoute route : bySource.getOrDefault(origin.source(), List.of())) {
      if (!route.covers(origin.variables())) continue;
      Routing routing = route.route(scope);
      if (routing != null) return routing;
      declined.add(route.name());
    }
    if (!declined.isEmpty()) return new Filtered(String.join(", ", declined));
    return new Failed(
        "",
        "no route is for messages of "
            + message.address()
            + " from source "
            + origin.source()
            + "; add a route, or one with drop: true to leave them out");
  }
}
