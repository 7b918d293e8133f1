package io.amebobridge.aws;

import io.amebobridge.core.Message;
import io.amebobridge.core.config.JsonText;
import io.amebobridge.core.deadletter.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a dead letter the copy that is sent: the body as it was, and in attributes named {@code
 * amebo-…} why it failed. Message attributes are ten at most, so what there is more of is JSON in
 * one of them: {@code amebo-origin} the coordinates, {@code amebo-headers} the original headers as
 * {@link SendAttributes} writes them. {@code amebo-body} says what became of a body that SQS does
 * not take as it is: {@code base64}, {@code empty}, {@code none} (a tombstone), {@code omitted}.
 * Stateless.
 */
final class SqsLetter {
  private static final String OURS = "amebo-";
  private static final String BODY = OURS + "body";

  /** Stands for a body that is not there: SQS takes no empty ones. */
  static final String NO_BODY = "(no body)";

  /**
   * What there is room for.
   *
   * @param text characters of one of our attributes
   * @param bytes of those, in UTF-8
   * @param headers bytes of the original ones
   * @param variables whether all that the source tells of its place is there
   */
  private record Room(int text, int bytes, int headers, boolean variables) {
    static final Room USUAL = new Room(1_000, 4_000, 64 * 1024, true);

    /** A queue's own limit may be as low as 1 KiB, for texts in any script. */
    static final Room LEAST = new Room(40, 40, 0, false);

    String cut(String all) {
      int left = bytes;
      for (int end = 0; end < all.length(); ) {
        int c = all.codePointAt(end);
        left -= c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        int next = end + Character.charCount(c);
        if (next > text || left < 0) return all.substring(0, end) + "…";
        end = next;
      }
      return all;
    }
  }

  /** How much of a letter a copy has. */
  enum Extent {
    WHOLE,
    BODILESS,
    LEAST;

    /** Null where there is none. */
    @Nullable Extent less() {
      return switch (this) {
        case WHOLE -> BODILESS;
        case BODILESS -> LEAST;
        case LEAST -> null;
      };
    }
  }

  private SqsLetter() {}

  static SendEntry of(DeadLetter letter, String queue, Extent extent) {
    byte[] body = letter.message().body();
    return switch (extent) {
      case WHOLE -> entry(letter, queue, body, null, Room.USUAL);
      case BODILESS -> entry(letter, queue, null, body, Room.USUAL);
      case LEAST -> entry(letter, queue, null, body, Room.LEAST);
    };
  }

  private static SendEntry entry(
      DeadLetter letter,
      String queue,
      byte @Nullable [] body,
      byte @Nullable [] omitted,
      Room room) {
    Map<String, SendAttribute> attributes = new LinkedHashMap<>();
    why(letter, room, attributes);
    String text = text(body, omitted, attributes);
    headers(letter.message(), room, attributes);
    boolean fifo = FifoName.isFifo(queue);
    return SendEntry.of(
        null,
        queue,
        text,
        attributes,
        fifo ? FifoName.of(letter.message().origin().source()) : null,
        fifo ? FifoName.of(identity(letter)) : null);
  }

  /** The same each time this letter is sent again, and another for another letter. */
  private static String identity(DeadLetter letter) {
    Message m = letter.message();
    return "%s %s %s".formatted(letter.at(), m.id(), m.origin().where());
  }

  private static void why(DeadLetter letter, Room room, Map<String, SendAttribute> ours) {
    Message message = letter.message();
    put(ours, "reason", letter.stage().name().toLowerCase(Locale.ROOT));
    put(ours, "detail", room.cut(letter.reason()));
    put(ours, "time", letter.at().toString());
    put(ours, "source", room.cut(message.origin().source()));
    put(ours, "route", room.cut(letter.route()));
    if (message.id() != null) put(ours, "id", room.cut(message.id()));
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("where", room.cut(message.origin().where()));
    if (!letter.rendered().isEmpty()) {
      origin.put("action", room.cut(letter.rendered().get(0).address()));
    }
    byte[] key = message.key();
    if (key != null) origin.put("key", room.cut(new String(key, StandardCharsets.UTF_8)));
    if (room.variables()) variables(message, room, origin);
    ours.put(OURS + "origin", SendAttribute.text(SendText.json(JsonText.write(origin))));
  }

  /** Topic, partition, offset, queue, …: whatever the source tells by one value each. */
  private static void variables(Message message, Room room, Map<String, Object> origin) {
    message.origin().variables().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            e -> {
              Object value = e.getValue();
              if (value instanceof String text) origin.putIfAbsent(e.getKey(), room.cut(text));
              else if (value instanceof Number || value instanceof Boolean) {
                origin.putIfAbsent(e.getKey(), value);
              }
            });
  }

  private static void put(Map<String, SendAttribute> ours, String name, String value) {
    if (value.isEmpty()) return;
    ours.put(OURS + name, SendAttribute.text(SendText.replaced(value)));
  }

  private static String text(
      byte @Nullable [] body, byte @Nullable [] omitted, Map<String, SendAttribute> ours) {
    if (omitted != null) {
      put(ours, "body", "omitted");
      ours.put(
          OURS + "body-bytes", new SendAttribute("Number", Integer.toString(omitted.length), null));
      return NO_BODY;
    }
    if (body == null || body.length == 0) {
      ours.put(BODY, SendAttribute.text(body == null ? "none" : "empty"));
      return NO_BODY;
    }
    String text = SendText.utf8(body);
    if (text != null && SendText.fits(text)) return text;
    ours.put(BODY, SendAttribute.text("base64"));
    return Base64.getEncoder().encodeToString(body);
  }

  private static void headers(Message message, Room room, Map<String, SendAttribute> ours) {
    int count = message.headers().size();
    if (count == 0) return;
    String json = SendAttributes.json(message.headers());
    if (SendText.bytes(json) <= room.headers()) {
      ours.put(SendAttributes.HEADERS, SendAttribute.text(json));
    } else {
      ours.put(
          OURS + "headers-omitted", new SendAttribute("Number", Integer.toString(count), null));
    }
  }
}
