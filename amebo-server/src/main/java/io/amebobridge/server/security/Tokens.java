package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bearer tokens: JWT with HS256. A token is good only while the secret is that it was issued for:
 * it carries a keyed digest of it. Thread-safe.
 */
public final class Tokens {
  public static final Duration LIFETIME = Duration.ofHours(1);
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
  private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
  private static final String ADMIN = "admin";
  private static final String APPLICATION = "application";
  private final byte[] key;
  private final InstantSource clock;
  private final Function<Principal, Optional<Secret>> secrets;

  /**
   * Makes them.
   *
   * @param secrets what a principal logs in with now; empty for one that is not known
   */
  public Tokens(Secret secret, InstantSource clock, Function<Principal, Optional<Secret>> secrets) {
    this.key = Keys.derive(secret, "amebo tokens 1");
    this.clock = clock;
    this.secrets = secrets;
  }

  public String issue(Principal principal) {
    Instant now = clock.instant();
    String role = principal instanceof Principal.Admin ? ADMIN : APPLICATION;
    String subject = principal instanceof Principal.Application a ? a.name() : ADMIN;
    String claims =
        JSON.createObjectNode()
            .put("iss", "amebo")
            .put("role", role)
            .put("sub", subject)
            .put("for", digest(principal).orElseThrow())
            .put("iat", now.getEpochSecond())
            .put("exp", now.plus(LIFETIME).getEpochSecond())
            .toString();
    String signed = HEADER + "." + encode(claims);
    return signed + "." + ENCODER.encodeToString(sign(signed));
  }

  /** Who the token was issued to; empty where it is not ours, changed or expired. */
  public Optional<Principal> verify(String token) {
    int dot = token.lastIndexOf('.');
    // Only our own header is accepted, so no token can name another algorithm.
    if (dot < 0 || !token.startsWith(HEADER + ".") || dot <= HEADER.length()) {
      return Optional.empty();
    }
    String signed = token.substring(0, dot);
    try {
      byte[] signature = DECODER.decode(token.substring(dot + 1));
      if (!MessageDigest.isEqual(signature, sign(signed))) {
        return Optional.empty();
      }
      return principal(JSON.readTree(DECODER.decode(signed.substring(HEADER.length() + 1))));
    } catch (IllegalArgumentException | JacksonException e) {
      return Optional.empty();
    }
  }

  private Optional<Principal> principal(JsonNode claims) {
    if (claims.path("exp").asLong(0) <= clock.instant().getEpochSecond()) {
      return Optional.empty();
    }
    Principal principal =
        claims.path("role").asString("").equals(ADMIN)
            ? new Principal.Admin()
            : new Principal.Application(claims.path("sub").asString(""));
    String issuedFor = claims.path("for").asString("");
    return digest(principal).filter(issuedFor::equals).map(same -> principal);
  }

  private Optional<String> digest(Principal principal) {
    return secrets
        .apply(principal)
        .map(secret -> ENCODER.encodeToString(sign("for " + secret.reveal())));
  }

  private byte[] sign(String text) {
    return Keys.hmac(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
