package io.amebobridge.brokers;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The Query protocol: a form's parameters in, XML out. A request's parameters are immutable.
 *
 * @param prefix of those that are read, such as {@code PublishBatchRequestEntries.member.1.}
 */
record SnsQuery(Map<String, String> all, String prefix) {
  private static final String NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/";

  static SnsQuery parse(String form) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String pair : form.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      if (parts.length == 2) all.put(decode(parts[0]), decode(parts[1]));
    }
    return new SnsQuery(all, "");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Nullable String text(String name) {
    return all.get(prefix + name);
  }

  String required(String name) {
    String value = text(name);
    if (value == null || value.isEmpty()) {
      throw new LocalSns.Refusal("InvalidParameter", "Invalid parameter: " + name);
    }
    return value;
  }

  /** The parameters of each entry of a list, such as {@code Entries.member.1.}. */
  List<SnsQuery> members(String list) {
    List<SnsQuery> members = new ArrayList<>();
    for (int i = 1; ; i++) {
      String at = prefix + list + "." + i + ".";
      if (all.keySet().stream().noneMatch(k -> k.startsWith(at))) return members;
      members.add(new SnsQuery(all, at));
    }
  }

  /** A map that is written as entries with {@code key} and {@code value}. */
  Map<String, String> map(String name) {
    Map<String, String> map = new LinkedHashMap<>();
    for (SnsQuery entry : members(name + ".entry")) {
      String value = entry.text("value");
      map.put(entry.required("key"), value == null ? "" : value);
    }
    return map;
  }

  Map<String, LocalSns.Attribute> attributes() {
    Map<String, LocalSns.Attribute> attributes = new LinkedHashMap<>();
    for (SnsQuery entry : members("MessageAttributes.entry")) {
      String type = entry.required("Value.DataType");
      String value =
          entry.text(type.startsWith("Binary") ? "Value.BinaryValue" : "Value.StringValue");
      attributes.put(
          entry.required("Name"), new LocalSns.Attribute(type, value == null ? "" : value));
    }
    return attributes;
  }

  static String answer(String action, String result) {
    return "<%1$sResponse xmlns=\"%2$s\"><%1$sResult>%3$s</%1$sResult><ResponseMetadata><RequestId>%4$s</RequestId></ResponseMetadata></%1$sResponse>"
        .formatted(action, NAMESPACE, result, UUID.randomUUID());
  }

  static String refusal(String code, String message) {
    return ("<ErrorResponse xmlns=\"%s\"><Error><Type>Sender</Type><Code>%s</Code>"
            + "<Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>")
        .formatted(NAMESPACE, code, escaped(message), UUID.randomUUID());
  }

  static String element(String name, String text) {
    return "<" + name + ">" + escaped(text) + "</" + name + ">";
  }

  static String entries(Map<String, String> map) {
    StringBuilder text = new StringBuilder("<Attributes>");
    map.forEach(
        (k, v) ->
            text.append("<entry>")
                .append(element("key", k))
                .append(element("value", v))
                .append("</entry>"));
    return text.append("</Attributes>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
