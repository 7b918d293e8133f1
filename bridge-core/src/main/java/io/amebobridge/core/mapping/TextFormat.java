package io.amebobridge.core.mapping;

import io.amebobridge.core.Message;
import java.util.Objects;

/** Bodies that are text: expressions see one text. */
final class TextFormat implements BodyFormat {
  @Override
  public String name() {
    return "text";
  }

  @Override
  public Object decode(Message message) throws UndecodableException {
    byte[] body = Objects.requireNonNull(message.body());
    String text = Utf8.decode(body);
    if (text != null) return text;
    throw new UndecodableException("not UTF-8 at byte " + (Utf8.firstBad(body) + 1));
  }
}
