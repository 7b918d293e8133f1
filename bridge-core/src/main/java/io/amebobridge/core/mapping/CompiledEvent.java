package io.amebobridge.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import io.amebobridge.client.TraceParent;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.config.ActionNames;
import io.amebobridge.core.config.RouteConfig;
import io.amebobridge.core.config.RouteConfig.EventConfig;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One event that a route gives, ready to run. Not thread-safe. */
final class CompiledEvent {
  private final String path;
  private final @Nullable CompiledExpression when;
  private final CompiledTemplate action;
  private final CompiledPayload payload;
  private final @Nullable CompiledTemplate key;
  private final boolean constantAction;

  CompiledEvent(EventConfig event, RouteConfig route, CompiledExpression.Engine engine) {
    String format = route.format();
    path = event.path();
    when =
        event.when() == null
            ? null
            : new CompiledExpression(event.when(), path + ".when", format, engine);
    action = new CompiledTemplate(event.action(), path + ".action", format, engine);
    constantAction = event.action().isConstant();
    payload = new CompiledPayload(event, format, route.forEach() != null, engine);
    key =
        event.key() == null
            ? null
            : new CompiledTemplate(event.key(), path + ".key", format, engine);
  }

  /**
   * Null where this event's {@code when} is not true.
   *
   * @param index among all that the message may become; null where it becomes one (rule 4)
   */
  @Nullable Message render(Scope scope, @Nullable Integer index) throws MappingFailure {
    if (when != null && !isTrue(when, scope)) return null;
    String name = action.text(scope);
    if (!constantAction) {
      Optional<String> problem = ActionNames.problem(name);
      if (problem.isPresent()) throw new MappingFailure(path + ".action: " + problem.get());
    }
    Message read = scope.message();
    String id = read.id();
    if (id != null && index != null) id = id + "#" + name + "#" + index;
    return new Message(id, name, key(scope), payload.bytes(scope), trace(read), read.origin());
  }

  /** Of the headers an event carries on the trace alone. */
  private static List<Header> trace(Message read) {
    return read.headers().stream()
        .filter(header -> header.name().equalsIgnoreCase(TraceParent.NAME))
        .toList();
  }

  private byte @Nullable [] key(Scope scope) throws MappingFailure {
    if (key == null) return scope.message().key();
    byte[] bytes = Utf8.encode(key.text(scope));
    if (bytes == null) throw new MappingFailure(path + ".key: half a surrogate pair is no text");
    return bytes;
  }

  static boolean isTrue(CompiledExpression when, Scope scope) throws MappingFailure {
    Object value = when.evaluate(scope);
    return value != null && Jsonata.boolize(value);
  }
}
