package io.amebobridge.aws;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where in S3 a payload is, as the extended clients of SQS and SNS write it into a body: {@code
 * ["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"…","s3Key":"…"}]}. The
 * same for those of Java, Python and JavaScript; the first versions have another class there.
 * Immutable.
 */
record PayloadPointer(String bucket, String key) {
  /** Message attributes that the clients set, with the size of the payload in S3. */
  static final Set<String> MARKS = Set.of("ExtendedPayloadSize", "SQSLargePayloadSize");

  private static final Set<String> CLASSES =
      Set.of(
          "software.amazon.payloadoffloading.PayloadS3Pointer",
          "com.amazon.sqs.javamessaging.MessageS3Pointer");

  /** Keys have 1024 bytes at most; the rest is generous. */
  private static final int LONGEST = 16_384;

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * The pointer that a body is, with or without the attribute: what moves messages between queues
   * may lose attributes.
   *
   * @param marked whether the attribute is there: then the class may be any, as clients let it be
   *     configured
   */
  static Optional<PayloadPointer> parse(byte[] body, boolean marked) {
    if (body.length > LONGEST || !beginsWithBracket(body)) return Optional.empty();
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (JacksonException e) {
      return Optional.empty();
    }
    if (!root.isArray() || root.size() != 2 || !root.get(0).isString()) return Optional.empty();
    if (!marked && !CLASSES.contains(root.get(0).stringValue())) return Optional.empty();
    String bucket = text(root.get(1), "s3BucketName");
    String key = text(root.get(1), "s3Key");
    if (bucket == null || key == null) return Optional.empty();
    return Optional.of(new PayloadPointer(bucket, key));
  }

  /**
   * Whether the attribute says nothing of another place: it has the size of this very body, as
   * where somebody sends on what was fetched, with its attributes.
   */
  static boolean isOwnSize(@Nullable String mark, byte[] body) {
    if (mark == null) return false;
    String characters = String.valueOf(new String(body, StandardCharsets.UTF_8).length());
    return mark.equals(String.valueOf(body.length)) || mark.equals(characters);
  }

  private static boolean beginsWithBracket(byte[] body) {
    for (byte b : body) {
      if (b == '[') return true;
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') return false;
    }
    return false;
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isString() && !value.stringValue().isEmpty() ? value.stringValue() : null;
  }

  /** Such as {@code s3://payloads/0ca8…}. */
  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }
}
