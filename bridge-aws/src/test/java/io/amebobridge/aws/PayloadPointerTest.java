package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadPointerTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"software.amazon.payloadoffloading.PayloadS3Pointer\","
            + "{\"s3BucketName\":\"b\",\"s3Key\":\"k\"}]",
        "[\"com.amazon.sqs.javamessaging.MessageS3Pointer\","
            + "{\"s3BucketName\":\"b\",\"s3Key\":\"k\"}]",
        " [\"software.amazon.payloadoffloading.PayloadS3Pointer\", "
            + "{\"s3Key\": \"k\", \"s3BucketName\": \"b\"}]\n"
      })
  void theClientsPointersAreKnownAlsoWithoutTheAttribute(String body) {
    assertThat(PayloadPointer.parse(bytes(body), false)).contains(new PayloadPointer("b", "k"));
    assertThat(PayloadPointer.parse(bytes(body), true)).contains(new PayloadPointer("b", "k"));
  }

  @Test
  void anotherClassCountsWithTheAttributeOnly() {
    byte[] own = bytes("[\"my.Pointer\",{\"s3BucketName\":\"b\",\"s3Key\":\"k\"}]");
    assertThat(PayloadPointer.parse(own, true)).contains(new PayloadPointer("b", "k"));
    assertThat(PayloadPointer.parse(own, false)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[",
        "{}",
        "[]",
        "[\"software.amazon.payloadoffloading.PayloadS3Pointer\"]",
        "[\"software.amazon.payloadoffloading.PayloadS3Pointer\",{\"s3Key\":\"k\"}]",
        "[\"software.amazon.payloadoffloading.PayloadS3Pointer\","
            + "{\"s3BucketName\":\"\",\"s3Key\":\"k\"}]",
        "[\"software.amazon.payloadoffloading.PayloadS3Pointer\","
            + "{\"s3BucketName\":\"b\",\"s3Key\":7}]",
        "{\"software.amazon.payloadoffloading.PayloadS3Pointer\":1}"
      })
  void anythingElseIsNone(String body) {
    assertThat(PayloadPointer.parse(bytes(body), false)).isEmpty();
  }

  @Test
  void anAttributeThatHasThisBodysOwnSizePointsNowhere() {
    byte[] body = bytes("{\"a\":\"ü\"}");
    assertThat(PayloadPointer.isOwnSize("10", body)).as("in bytes").isTrue();
    assertThat(PayloadPointer.isOwnSize("9", body)).as("in characters").isTrue();
    assertThat(PayloadPointer.isOwnSize("300000", body)).isFalse();
    assertThat(PayloadPointer.isOwnSize(null, body)).isFalse();
  }
}
