package io.amebobridge.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokensTest {
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final InstantSource clock = () -> now;
  private final Secret secret = Secret.of("what-they-log-in-with");
  private List<Secret> login = List.of(secret);
  private final Tokens tokens =
      new Tokens(Secret.of("a-secret-of-some-length"), clock, who -> login);

  @Test
  void aTokenSaysWhoItIsFor() {
    assertThat(tokens.verify(issue(new Principal.Admin()))).contains(new Principal.Admin());
    Principal shop = new Principal.Application("shop");
    assertThat(tokens.verify(issue(shop))).contains(shop);
    Principal named = new Principal.Application("admin");
    assertThat(tokens.verify(issue(named))).as("not the administrator").contains(named);
  }

  @Test
  void itExpires() {
    String token = issue(new Principal.Admin());
    now = now.plus(Tokens.LIFETIME).minusSeconds(1);
    assertThat(tokens.verify(token)).isPresent();
    now = now.plusSeconds(1);
    assertThat(tokens.verify(token)).isEmpty();
  }

  @Test
  void itEndsWithTheSecretItWasIssuedFor() {
    String admin = issue(new Principal.Admin());
    String shop = issue(new Principal.Application("shop"));
    login = List.of(Secret.of("a-new-one-after-rotation"));
    assertThat(tokens.verify(admin)).isEmpty();
    assertThat(tokens.verify(shop)).isEmpty();
  }

  @Test
  void whatIsNotOursIsRefused() {
    String token = issue(new Principal.Application("shop"));
    Tokens others = new Tokens(Secret.of("another-secret-of-length"), clock, who -> login);
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

  @Test
  void itOutlivesARotationOnlyWhileTheOldSecretIsGood() {
    Principal shop = new Principal.Application("shop");
    Secret fresh = Secret.of("a-new-one-after-rotation");
    String before = issue(shop);
    login = List.of(fresh, secret);
    String withTheOld = issue(shop);
    String withTheNew = tokens.issue(shop, fresh).token();
    String refreshed = tokens.refresh(before).orElseThrow().token();
    for (String token : List.of(before, withTheOld, withTheNew, refreshed)) {
      assertThat(tokens.verify(token)).contains(shop);
    }
    login = List.of(fresh);
    assertThat(tokens.verify(before)).isEmpty();
    assertThat(tokens.verify(withTheOld)).as("issued in the grace, for the old one").isEmpty();
    assertThat(tokens.verify(refreshed)).as("no refresh moves it to the new one").isEmpty();
    assertThat(tokens.verify(withTheNew)).contains(shop);
  }

  @Test
  void noRefreshGoesBeyondTheSession() {
    Principal admin = new Principal.Admin();
    Instant login = now;
    String token = issue(admin);
    for (int refreshes = 0; refreshes < 24; refreshes++) {
      now = now.plus(Tokens.LIFETIME).minusSeconds(60);
      Tokens.Issued next = tokens.refresh(token).orElseThrow();
      assertThat(now.plus(next.lifetime())).isBeforeOrEqualTo(login.plus(Tokens.SESSION));
      token = next.token();
    }
    now = login.plus(Tokens.SESSION).minusSeconds(1);
    assertThat(tokens.verify(token)).contains(admin);
    now = login.plus(Tokens.SESSION);
    assertThat(tokens.verify(token)).isEmpty();
    assertThat(tokens.refresh(token)).isEmpty();
    assertThat(tokens.verify(issue(admin))).as("a new login").contains(admin);
  }

  private String issue(Principal principal) {
    return tokens.issue(principal, secret).token();
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
