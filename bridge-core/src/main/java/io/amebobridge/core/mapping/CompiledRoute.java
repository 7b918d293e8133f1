package io.amebobridge.core.mapping;

import io.amebobridge.core.Message;
import io.amebobridge.core.Router.Failed;
import io.amebobridge.core.Router.Filtered;
import io.amebobridge.core.Router.Mapped;
import io.amebobridge.core.Router.Routing;
import io.amebobridge.core.Selector;
import io.amebobridge.core.config.RouteConfig;
import io.amebobridge.core.config.RouteConfig.Tombstone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One route, ready to run. Not thread-safe. */
final class CompiledRoute {
  private final RouteConfig config;
  private final Map<String, Predicate<String>> selectors;
  private final @Nullable CompiledExpression when;
  private final @Nullable CompiledExpression forEach;
  private final List<CompiledEvent> events;

  CompiledRoute(RouteConfig config, CompiledExpression.Engine engine) {
    this.config = config;
    Map<String, Predicate<String>> compiled = new LinkedHashMap<>();
    config.selectors().forEach((variable, any) -> compiled.put(variable, anyOf(any)));
    this.selectors = compiled;
    this.when =
        config.when() == null
            ? null
            : new CompiledExpression(
                config.when(), config.path() + ".when", config.format(), engine);
    this.forEach =
        config.forEach() == null
            ? null
            : new CompiledExpression(
                config.forEach(), config.path() + ".forEach", config.format(), engine);
    this.events = config.events().stream().map(e -> new CompiledEvent(e, config, engine)).toList();
  }

  private static Predicate<String> anyOf(List<Selector> selectors) {
    Predicate<String> any = value -> false;
    for (Selector s : selectors) {
      any = any.or(s.isPattern() ? Pattern.compile(s.text()).asMatchPredicate() : s.text()::equals);
    }
    return any;
  }

  String name() {
    return config.name();
  }

  /** Whether the message is of the kind that {@code from} names. */
  boolean covers(Map<String, Object> variables) {
    for (Map.Entry<String, Predicate<String>> s : selectors.entrySet()) {
      Object value = variables.get(s.getKey());
      if (value == null || !s.getValue().test(value.toString())) return false;
    }
    return true;
  }

  /** Null where this route's {@code when} is not true, so that the next may have the message. */
  @Nullable Routing route(Scope scope) {
    try {
      boolean unconditionalDrop = config.drop() && when == null;
      if (scope.message().body() == null && !unconditionalDrop) {
        if (config.onTombstone() == Tombstone.DROP) return new Filtered(name());
        if (config.onTombstone() == Tombstone.DEAD_LETTER) return tombstone();
      }
      if (when != null && !CompiledEvent.isTrue(when, scope)) return null;
      return config.drop() ? new Filtered(name()) : map(scope);
    } catch (MappingFailure e) {
      return new Failed(name(), e.getMessage());
    }
  }

  private Routing tombstone() {
    return new Failed(
        name(),
        config.path()
            + ": the message has no body (a tombstone); say what it means with onTombstone: drop, or"
            + " map with a payload of its own");
  }

  private Routing map(Scope scope) throws MappingFailure {
    List<Message> messages = new ArrayList<>(events.size());
    if (forEach == null) {
      render(scope, 0, messages);
    } else {
      List<?> items = items(scope, forEach);
      for (int i = 0; i < items.size(); i++) {
        scope.element(items.get(i), i);
        render(scope, i, messages);
      }
    }
    return messages.isEmpty() ? new Filtered(name()) : new Mapped(name(), messages);
  }

  private void render(Scope scope, int element, List<Message> messages) throws MappingFailure {
    for (int i = 0; i < events.size(); i++) {
      // The place in the config and the list, not among those given: another when must not shift
      // it.
      Integer index = config.isFanOut() ? element * events.size() + i : null;
      Message message = events.get(i).render(scope, index);
      if (message != null) messages.add(message);
    }
  }

  private static List<?> items(Scope scope, CompiledExpression forEach) throws MappingFailure {
    Object value = forEach.evaluate(scope);
    if (value == null) {
      throw forEach.failure(
          "gave nothing: the message has no such list; where none is right, put [ ] around it");
    }
    return value instanceof List<?> list ? list : List.of(value);
  }
}
