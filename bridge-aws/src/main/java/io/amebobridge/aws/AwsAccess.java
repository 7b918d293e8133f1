package io.amebobridge.aws;

import io.amebobridge.client.Secret;
import io.amebobridge.core.config.ConfigSection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where AWS is and who we are there. Immutable; never shows a secret. In the config:
 *
 * <ul>
 *   <li>{@code region}; unless given, where the SDK finds one (environment, profile, instance).
 *   <li>{@code endpoint}: another address than the region's, for all services.
 *   <li>{@code profile}: of the SDK's shared files. {@code accessKeyId}, {@code secretAccessKey},
 *       {@code sessionToken}: keys written out. Unless one of them is given, the SDK's default
 *       chain.
 *   <li>{@code assumeRole}: {@code arn}, {@code sessionName} (amebo-bridge), {@code externalId},
 *       {@code duration} (1h): a role assumed with these credentials, renewed in time.
 * </ul>
 *
 * @param place in the config, for messages
 */
record AwsAccess(
    String place,
    @Nullable String region,
    @Nullable URI endpoint,
    @Nullable String profile,
    @Nullable Keys keys,
    @Nullable Role role) {

  /** Keys that are written out in the config. */
  record Keys(Secret accessKeyId, Secret secretAccessKey, @Nullable Secret sessionToken) {}

  /** A role to be assumed. */
  record Role(String arn, String sessionName, @Nullable Secret externalId, Duration duration) {}

  /** Reads it; what is wrong becomes problems there. */
  static AwsAccess read(ConfigSection section) {
    URI endpoint = section.text("endpoint").map(text -> endpoint(section, text)).orElse(null);
    Keys keys = keys(section);
    String profile = section.text("profile").orElse(null);
    if (profile != null && keys != null) {
      section.problem("profile", "stands beside accessKeyId; remove one of them");
    }
    AwsAccess access =
        new AwsAccess(
            section.path(),
            section.text("region").orElse(null),
            endpoint,
            profile,
            keys,
            section.has("assumeRole") ? role(section.section("assumeRole")) : null);
    section.refuseUnknown();
    return access;
  }

  private static @Nullable URI endpoint(ConfigSection section, String text) {
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getRawUserInfo() == null) return uri;
    } catch (java.net.URISyntaxException e) {
      // said below
    }
    section.problem("endpoint", "got " + text + ", allowed: such as http://localhost:4566");
    return null;
  }

  private static @Nullable Keys keys(ConfigSection section) {
    Optional<Secret> id = section.secret("accessKeyId");
    Optional<Secret> secret = section.secret("secretAccessKey");
    Optional<Secret> token = section.secret("sessionToken");
    if (id.isEmpty() && secret.isEmpty() && token.isEmpty()) return null;
    if (id.isEmpty()) section.problem("accessKeyId", "is missing beside the other keys");
    if (secret.isEmpty()) section.problem("secretAccessKey", "is missing beside the other keys");
    if (id.isEmpty() || secret.isEmpty()) return null;
    return new Keys(id.get(), secret.get(), token.orElse(null));
  }

  private static Role role(ConfigSection section) {
    Role role =
        new Role(
            section.required("arn", "such as arn:aws:iam::123456789012:role/amebo-bridge"),
            section.text("sessionName").orElse("amebo-bridge"),
            section.secret("externalId").orElse(null),
            section.duration(
                "duration", Duration.ofHours(1), Duration.ofMinutes(15), Duration.ofHours(12)));
    section.refuseUnknown();
    return role;
  }

  /** For people: where, without keys. */
  String address() {
    if (endpoint != null) return endpoint.toString();
    return region == null ? "the region that the SDK finds" : region;
  }

  @Override
  public String toString() {
    return address();
  }
}
