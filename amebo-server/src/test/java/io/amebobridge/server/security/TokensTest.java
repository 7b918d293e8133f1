package io.amebobridge.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TokensTest {
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final InstantSource clock = () -> now;
  private Secret login = Secret.of("what-they-log-in-with");
  private final Tokens tokens =
      new Tokens(Secret.of("a-secret-of-some-length"), clock, who -> Optional.of(login));

  @Test
  void aTokenSaysWhoItIsFor() {
    assertThat(tokens.verify(tokens.issue(new Principal.Admin()))).contains(new Principal.Admin());
    Principal shop = new Principal.Application("shop");
    assertThat(tokens.verify(tokens.issue(shop))).contains(shop);
    Principal named = new Principal.Application("admin");
    assertThat(tokens.verify(tokens.issue(named))).as("not the administrator").contains(named);
  }

  @Test
  void itExpires() {
    String token = tokens.issue(new Principal.Admin());
    now = now.plus(Tokens.LIFETIME).minusSeconds(1);
    assertThat(tokens.verify(token)).isPresent();
    now = now.plusSeconds(1);
    assertThat(tokens.verify(token)).isEmpty();
  }

  @Test
  void itEndsWithTheSecretItWasIssuedFor() {
    String admin = tokens.issue(new Principal.Admin());
    String shop = tokens.issue(new Principal.Application("shop"));
    login = Secret.of("a-new-one-after-rotation");
    assertThat(tokens.verify(admin)).isEmpty();
    assertThat(tokens.verify(shop)).isEmpty();
  }

  @Test
  void whatIsNotOursIsRefused() {
    String token = tokens.issue(new Principal.Application("shop"));
    Tokens others =
        new Tokens(Secret.of("another-secret-of-length"), clock, who -> Optional.of(login));
    assertThat(others.verify(token)).isEmpty();
    String[] parts = token.split("\\.", -1);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    String raised = encode(claims.replace("\"application\"", "\"admin\""));
    assertThat(tokens.verify(parts[0] + "." + raised + "." + parts[2])).isEmpty();
    String none = encode("{\"alg\":\"none\",\"typ\":\"JWT\"}");
    assertThat(tokens.verify(none + "." + parts[1] + ".")).isEmpty();
    for (String nonsense : new String[] {"", ".", "..", "a.b.c", parts[0] + "." + parts[1]}) {
      assertThat(tokens.verify(nonsense)).as(nonsense).isEmpty();
    }
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
