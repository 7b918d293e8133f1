package io.amebobridge.core.mapping;

import io.amebobridge.core.config.JsonText;
import io.amebobridge.core.config.Payload;
import io.amebobridge.core.config.RouteConfig.EventConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One event's payload, ready to run. Not thread-safe. */
final class CompiledPayload {
  private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

  private interface Part {
    @Nullable Object value(Scope scope) throws MappingFailure;
  }

  private final String path;
  private final String format;
  private final boolean hasItem;
  private final @Nullable Part part;

  CompiledPayload(
      EventConfig event, String format, boolean hasItem, CompiledExpression.Engine engine) {
    this.path = event.path() + ".payload";
    this.format = format;
    this.hasItem = hasItem;
    boolean whole = event.payload() instanceof Payload.WholeBody;
    this.part = whole ? null : compile(event.payload(), path, engine);
  }

  private Part compile(Payload payload, String at, CompiledExpression.Engine engine) {
    if (payload instanceof Payload.Text text) {
      return new CompiledTemplate(text.template(), at, format, engine)::value;
    }
    if (payload instanceof Payload.Fields object) {
      Map<String, Part> fields = new LinkedHashMap<>();
      object.fields().forEach((k, v) -> fields.put(k, compile(v, at + "." + k, engine)));
      return scope -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, Part> f : fields.entrySet()) {
          map.put(f.getKey(), f.getValue().value(scope));
        }
        return map;
      };
    }
    if (payload instanceof Payload.Items array) {
      List<Part> items = new ArrayList<>();
      for (Payload p : array.items()) items.add(compile(p, at + "[" + items.size() + "]", engine));
      return scope -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (Part item : items) list.add(item.value(scope));
        return list;
      };
    }
    Object constant = ((Payload.Constant) payload).value();
    return scope -> constant;
  }

  /** JSON in UTF-8. */
  byte[] bytes(Scope scope) throws MappingFailure {
    if (part != null) return json(part.value(scope));
    if (hasItem) return json(scope.variable("item"));
    byte[] body = scope.message().body();
    if (body == null) return NULL;
    return format.equals("json") ? scope.jsonBytes(body) : json(scope.body(format));
  }

  private byte[] json(@Nullable Object value) throws MappingFailure {
    String text;
    try {
      text = JsonText.write(value);
    } catch (IllegalArgumentException e) {
      throw new MappingFailure(path + ": the payload can't be written: " + e.getMessage());
    }
    byte[] bytes = Utf8.encode(text);
    if (bytes == null) {
      throw new MappingFailure(
          path + ": the payload has half a surrogate pair, which UTF-8 can't write");
    }
    return bytes;
  }
}
