package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class AnswerTextTest {
  private final AnswerText answer = new AnswerText();

  @Test
  void theBeginningIsKept() {
    assertThat(answer.text()).isNull();
    assertThat(answer.add(Buffer.buffer("a".repeat(4000)))).isTrue();
    assertThat(answer.add(Buffer.buffer("b".repeat(4000)))).isTrue();
    assertThat(answer.text()).hasSize(4096).endsWith("b".repeat(96));
  }

  @Test
  void sixtyFourKibibytesAreEnough() {
    assertThat(answer.add(Buffer.buffer(new byte[64 << 10]))).isTrue();
    assertThat(answer.add(Buffer.buffer("x"))).isFalse();
  }

  @Test
  void controlCharactersAreReplaced() {
    answer.add(Buffer.buffer("a\u0000b\u001b[31m\nc\u0085"));
    assertThat(answer.text()).isEqualTo("a\uFFFDb\uFFFD[31m\nc\uFFFD");
  }

  @Test
  void whatIsNotTextIsReplacedToo() {
    answer.add(Buffer.buffer(new byte[] {'o', 'k', (byte) 0xff}));
    assertThat(answer.text()).isEqualTo("ok\uFFFD");
  }

  @Test
  void nothingIsDecompressed() {
    answer.encoding("gzip");
    answer.add(Buffer.buffer(new byte[] {31, -117, 8}));
    assertThat(answer.text()).isEqualTo("(encoded as gzip, not decoded)");
  }
}
