package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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

  /** From the login on; no refresh goes beyond it. */
  public static final Duration SESSION = Duration.ofHours(24);

  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
  private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
  private static final String PURPOSE = "amebo tokens 1";
  private static final String ADMIN = "admin";
  private static final String APPLICATION = "application";
  private final byte[] key;
  private final byte @Nullable [] previous;
  private final BooleanSupplier underPrevious;
  private final InstantSource clock;
  private final Function<Principal, List<Secret>> secrets;

  /**
   * What was issued.
   *
   * @param lifetime from now on
   */
  public record Issued(String token, Duration lifetime) {
    @Override
    public String toString() {
      return "Issued[***, " + lifetime + "]";
    }
  }

  /**
   * What a token says.
   *
   * @param login the secret that it was issued for
   */
  private record Claims(Principal principal, Secret login, long loggedIn, long expires) {}

  /**
   * Makes them.
   *
   * @param secrets what a principal may log in with now; none for one that is not known
   */
  public Tokens(Secret secret, InstantSource clock, Function<Principal, List<Secret>> secrets) {
    this(secret, null, () -> false, clock, secrets);
  }

  /**
   * The same while AMEBO_SECRET is being replaced: tokens under either are good.
   *
   * @param replaced AMEBO_PREVIOUS_SECRET
   * @param underReplaced whether tokens are still signed under it
   */
  public Tokens(
      Secret secret,
      @Nullable Secret replaced,
      BooleanSupplier underReplaced,
      InstantSource clock,
      Function<Principal, List<Secret>> secrets) {
    this.key = Keys.derive(secret, PURPOSE);
    this.previous = replaced == null ? null : Keys.derive(replaced, PURPOSE);
    this.underPrevious = underReplaced;
    this.clock = clock;
    this.secrets = secrets;
  }

  /**
   * Begins a session.
   *
   * @param login the secret that the principal has shown: the token ends with it
   */
  public Issued issue(Principal principal, Secret login) {
    return issue(principal, login, now());
  }

  /** Who the token was issued to; empty where it is not ours, changed or expired. */
  public Optional<Principal> verify(String token) {
    return Optional.ofNullable(claims(token)).map(Claims::principal);
  }

  /**
   * A token for the rest of the session, bound to the same secret; empty where the one given is not
   * good or the session is over.
   */
  public Optional<Issued> refresh(String token) {
    Claims claims = claims(token);
    if (claims == null || claims.loggedIn() + SESSION.toSeconds() <= now()) {
      return Optional.empty();
    }
    return Optional.of(issue(claims.principal(), claims.login(), claims.loggedIn()));
  }

  private Issued issue(Principal principal, Secret login, long loggedIn) {
    byte[] old = previous;
    byte[] signing = old != null && underPrevious.getAsBoolean() ? old : key;
    long now = now();
    long expires = Math.min(now + LIFETIME.toSeconds(), loggedIn + SESSION.toSeconds());
    String role = principal instanceof Principal.Admin ? ADMIN : APPLICATION;
    String subject = principal instanceof Principal.Application a ? a.name() : ADMIN;
    String claims =
        JSON.createObjectNode()
            .put("iss", "amebo")
            .put("role", role)
            .put("sub", subject)
            .put("for", digest(signing, login))
            .put("auth_time", loggedIn)
            .put("iat", now)
            .put("exp", expires)
            .toString();
    String signed = HEADER + "." + encode(claims);
    return new Issued(
        signed + "." + ENCODER.encodeToString(sign(signing, signed)),
        Duration.ofSeconds(expires - now));
  }

  private @Nullable Claims claims(String token) {
    Claims found = claims(key, token);
    return found == null && previous != null ? claims(previous, token) : found;
  }

  private @Nullable Claims claims(byte[] under, String token) {
    int dot = token.lastIndexOf('.');
    // Only our own header is accepted, so no token can name another algorithm.
    if (dot < 0 || !token.startsWith(HEADER + ".") || dot <= HEADER.length()) {
      return null;
    }
    String signed = token.substring(0, dot);
    try {
      byte[] signature = DECODER.decode(token.substring(dot + 1));
      if (!MessageDigest.isEqual(signature, sign(under, signed))) {
        return null;
      }
      Claims claims =
          read(under, JSON.readTree(DECODER.decode(signed.substring(HEADER.length() + 1))));
      return claims != null && claims.expires() > now() ? claims : null;
    } catch (IllegalArgumentException | JacksonException e) {
      return null;
    }
  }

  /** Null where the secret that it was issued for is not good any more. */
  private @Nullable Claims read(byte[] under, JsonNode json) {
    Principal principal =
        json.path("role").asString("").equals(ADMIN)
            ? new Principal.Admin()
            : new Principal.Application(json.path("sub").asString(""));
    String issuedFor = json.path("for").asString("");
    return secrets.apply(principal).stream()
        .filter(secret -> digest(under, secret).equals(issuedFor))
        .findFirst()
        .map(
            login ->
                new Claims(
                    principal, login, json.path("auth_time").asLong(0), json.path("exp").asLong(0)))
        .orElse(null);
  }

  private static String digest(byte[] under, Secret secret) {
    return ENCODER.encodeToString(sign(under, "for " + secret.reveal()));
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  private static byte[] sign(byte[] under, String text) {
    return Keys.hmac(under, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
