package io.amebobridge.aws;

import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.config.JsonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message's headers as message attributes. A header becomes the attribute of its name: {@code
 * Number} where its source knows it as a number, {@code Binary} where it is no UTF-8, else {@code
 * String}. What SQS has no room for is in the attribute {@code amebo-headers}, as JSON: {@code
 * [["name", "text"], ["name", null], ["name", {"base64": "…"}]]}. These are all headers of a name
 * that occurs several times or can't be an attribute's, empty and absent values, text with
 * characters that SQS does not take, and whatever comes after the tenth attribute. The message's id
 * is the attribute {@code amebo-id}. Stateless.
 */
final class SendAttributes {
  /** The message's id, by which consumers tell repeats. */
  static final String ID = "amebo-id";

  /** The headers that are no attributes. */
  static final String HEADERS = "amebo-headers";

  private static final Pattern NAME = Pattern.compile("(?!\\.)(?!.*\\.\\.)[\\w.-]{1,256}(?<!\\.)");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?\\d{1,20}(\\.\\d{1,20})?([eE][+-]?\\d{1,2})?");

  private SendAttributes() {}

  static Map<String, SendAttribute> of(Message message) {
    Map<String, List<Header>> named = new LinkedHashMap<>();
    for (Header h : message.headers()) {
      named.computeIfAbsent(h.name(), n -> new ArrayList<>()).add(h);
    }
    Map<String, Object> variables = message.origin().variables();
    Object typed = variables.getOrDefault("attributes", variables.get("headers"));
    Map<String, SendAttribute> fit = new LinkedHashMap<>();
    named.forEach(
        (name, headers) -> {
          SendAttribute one = headers.size() == 1 ? attribute(headers.get(0), typed) : null;
          if (one != null && isFree(name)) fit.put(name, one);
        });
    Map<String, SendAttribute> all = new LinkedHashMap<>();
    String id = message.id();
    if (id != null && !id.isEmpty()) all.put(ID, SendAttribute.text(id));
    boolean fitsAll = fit.size() == named.size() && all.size() + fit.size() <= SendAttribute.MOST;
    int room = SendAttribute.MOST - all.size() - (fitsAll ? 0 : 1);
    List<String> taken = fit.keySet().stream().limit(room).toList();
    for (String name : taken) all.put(name, Objects.requireNonNull(fit.get(name)));
    if (!fitsAll) {
      List<Header> rest =
          message.headers().stream().filter(h -> !taken.contains(h.name())).toList();
      all.put(HEADERS, SendAttribute.text(json(rest)));
    }
    return all;
  }

  /** Names that SQS takes, but for ours. */
  private static boolean isFree(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return NAME.matcher(name).matches()
        && !lower.startsWith("aws.")
        && !lower.startsWith("amazon.")
        && !name.equals(ID)
        && !name.equals(HEADERS);
  }

  private static @Nullable SendAttribute attribute(Header header, @Nullable Object typed) {
    byte[] bytes = header.value();
    if (bytes == null || bytes.length == 0) return null;
    String text = SendText.utf8(bytes);
    if (text == null) return new SendAttribute("Binary", null, bytes);
    if (!SendText.fits(text)) return null;
    Object known = typed instanceof Map<?, ?> map ? map.get(header.name()) : null;
    // a mapping may have changed the header since
    boolean number = known instanceof Number && Objects.toString(known).equals(text);
    return new SendAttribute(
        number && NUMBER.matcher(text).matches() ? "Number" : "String", text, null);
  }

  /** Headers in their order, as JSON that SQS takes. */
  static String json(List<Header> headers) {
    List<Object> list = new ArrayList<>();
    for (Header h : headers) list.add(Arrays.asList(h.name(), value(h.value())));
    return SendText.json(JsonText.write(list));
  }

  private static @Nullable Object value(byte @Nullable [] bytes) {
    if (bytes == null) return null;
    String text = SendText.utf8(bytes);
    return text == null ? Map.of("base64", Base64.getEncoder().encodeToString(bytes)) : text;
  }
}
