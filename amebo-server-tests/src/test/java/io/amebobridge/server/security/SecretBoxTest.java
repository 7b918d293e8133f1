package io.amebobridge.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.client.Secret;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SecretBoxTest {
  private final SecretBox box = new SecretBox(Secret.of("a-secret-of-some-length"));

  @Test
  void onlyTheSameSecretAndOwnerOpenIt() {
    byte[] sealed = box.seal("shop", Secret.of("value"));
    assertThat(box.open("shop", sealed).reveal()).isEqualTo("value");
    assertThat(sealed).isNotEqualTo(box.seal("shop", Secret.of("value")));
    assertThatThrownBy(() -> box.open("mailer", sealed)).hasMessageContaining("mailer");
    SecretBox other = new SecretBox(Secret.of("another-secret-of-length"));
    assertThatThrownBy(() -> other.open("shop", sealed)).hasMessageContaining("AMEBO_SECRET");
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> box.open("shop", sealed)).hasMessageContaining("AMEBO_SECRET");
    assertThatThrownBy(() -> box.open("shop", new byte[3])).hasMessageContaining("unreadable");
  }

  /** RFC 5869 with an empty salt, first block, computed by another implementation. */
  @Test
  void keysDependOnSecretAndPurpose() {
    Secret secret = Secret.of("a-secret-of-some-length");
    String one = HexFormat.of().formatHex(Keys.derive(secret, "one"));
    assertThat(one).hasSize(64).isNotEqualTo(HexFormat.of().formatHex(Keys.derive(secret, "two")));
    assertThat(one).isNotEqualTo(HexFormat.of().formatHex(Keys.derive(Secret.of("b"), "one")));
    assertThat(one).isEqualTo("de637e91f712fe20e2b9834f1955e8507fe0d9f4feb715bccc35fc78e634f80b");
  }
}
