package io.amebobridge.aws;

import io.amebobridge.core.Header;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Message attributes as headers, with their bytes, and as values with types. The types are {@code
 * String}, {@code Number}, {@code Binary} and SNS's {@code String.Array}, each with a label of the
 * producer's behind a dot, as it likes. Stateless.
 */
final class SqsAttributes {
  private static final int MOST_DIGITS = 60;

  private SqsAttributes() {}

  /** SQS's. */
  static void add(
      Map<String, MessageAttributeValue> from, List<Header> headers, Map<String, Object> typed) {
    from.forEach(
        (name, value) -> {
          if (isBinary(value.dataType()) && value.binaryValue() != null) {
            byte[] bytes = value.binaryValue().asByteArray();
            headers.add(new Header(name, bytes));
            typed.put(name, Base64.getEncoder().encodeToString(bytes));
          } else if (value.stringValue() != null) {
            headers.add(Header.of(name, value.stringValue()));
            typed.put(name, typed(value.dataType(), value.stringValue()));
          }
        });
  }

  /** SNS's, which are texts in the envelope. */
  static void add(SnsEnvelope envelope, List<Header> headers, Map<String, Object> typed) {
    envelope
        .attributes()
        .forEach(
            (name, value) -> {
              headers.add(header(name, value));
              typed.put(name, typed(value.type(), value.value()));
            });
  }

  private static Header header(String name, SnsEnvelope.Attribute value) {
    if (isBinary(value.type())) {
      try {
        return new Header(name, Base64.getDecoder().decode(value.value()));
      } catch (IllegalArgumentException notBase64) {
        // as it stands, below
      }
    }
    return Header.of(name, value.value());
  }

  private static boolean isBinary(String type) {
    return type != null && type.startsWith("Binary");
  }

  private static Object typed(String type, String value) {
    if (type.startsWith("Number")) return number(value);
    return type.startsWith("String.Array") ? array(value) : value;
  }

  private static Object number(String value) {
    try {
      if (value.length() > MOST_DIGITS) return value;
      BigDecimal number = new BigDecimal(value);
      if (Math.abs((long) number.scale()) > MOST_DIGITS * 10L) return value;
      boolean isWhole = number.scale() <= 0 && number.precision() - number.scale() <= 18;
      return isWhole ? (Object) number.longValueExact() : number;
    } catch (NumberFormatException | ArithmeticException notANumber) {
      return value;
    }
  }

  private static Object array(String value) {
    try {
      return JsonMapper.shared().readValue(value, List.class);
    } catch (JacksonException notAList) {
      return value;
    }
  }
}
