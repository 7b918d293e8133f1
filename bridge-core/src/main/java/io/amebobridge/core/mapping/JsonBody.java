package io.amebobridge.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import io.amebobridge.core.config.ExactNumber;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON as the standard has it: one document, UTF-8, no byte order mark, nothing after it. Not
 * thread-safe, through the rounding of its numbers.
 */
final class JsonBody {
  private static final JsonFactory FACTORY = JsonFactory.builder().build();

  private final ExactNumber.Rounding rounding;

  JsonBody(ExactNumber.Rounding rounding) {
    this.rounding = rounding;
  }

  /** The value; of a key that occurs twice, the last. JSON's null is JSONata's. */
  Object decode(byte[] body) throws UndecodableException {
    return parse(body, this::value);
  }

  /** Only looks whether it is JSON. */
  void check(byte[] body) throws UndecodableException {
    parse(
        body,
        (p, token) -> {
          p.skipChildren();
          return p;
        });
  }

  private interface Reading {
    Object read(JsonParser parser, JsonToken first);
  }

  private static Object parse(byte[] body, Reading reading) throws UndecodableException {
    String text = text(body);
    try (JsonParser p = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = p.nextToken();
      if (first == null) throw new UndecodableException("not JSON: the body is empty");
      Object value = reading.read(p, first);
      if (p.nextToken() == null) return value;
      throw new UndecodableException(
          "not JSON: something follows the document" + at(p.currentTokenLocation()));
    } catch (StreamConstraintsException e) {
      throw new UndecodableException("JSON beyond what can be read: " + e.getOriginalMessage());
    } catch (UnexpectedEndOfInputException e) {
      throw new UndecodableException("not JSON: it ends too early" + at(e.getLocation()));
    } catch (JacksonException e) {
      // Not the parser's own words: they quote the body.
      throw new UndecodableException("not JSON" + at(e.getLocation()));
    }
  }

  private static String text(byte[] body) throws UndecodableException {
    if (body.length == 0) throw new UndecodableException("not JSON: the body is empty");
    String text = Utf8.decode(body);
    if (text == null) {
      throw new UndecodableException("not JSON: not UTF-8 at byte " + (Utf8.firstBad(body) + 1));
    }
    if (text.charAt(0) == '\uFEFF') {
      throw new UndecodableException("not JSON: it begins with a byte order mark");
    }
    return text;
  }

  private static String at(@Nullable TokenStreamLocation place) {
    if (place == null) return "";
    return " at line " + place.getLineNr() + ", column " + place.getColumnNr();
  }

  private Object value(JsonParser p, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object(p);
      case START_ARRAY -> array(p);
      case VALUE_STRING -> p.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> ExactNumber.of(p.getString(), rounding);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> Jsonata.NULL_VALUE;
    };
  }

  private Map<String, Object> object(JsonParser p) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String name = p.nextName(); name != null; name = p.nextName()) {
      map.put(name, value(p, p.nextToken()));
    }
    return map;
  }

  private List<Object> array(JsonParser p) {
    List<Object> list = new ArrayList<>();
    for (JsonToken t = p.nextToken(); t != JsonToken.END_ARRAY; t = p.nextToken()) {
      list.add(value(p, t));
    }
    return list;
  }
}
