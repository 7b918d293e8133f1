package io.amebobridge.rabbitmq;

import io.amebobridge.client.Secret;
import io.amebobridge.core.config.ConfigSection;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the management API is: {@code sources.<name>.management}.
 *
 * @param uri without a slash at its end
 * @param allVirtualHosts the inventory shows all that the user may see, not only the source's
 * @param timeout for one answer, from connect to its last byte
 * @param client of AMQP; of it the trust store is used for https too
 */
record ManagementSettings(
    String place,
    URI uri,
    String user,
    Secret password,
    boolean allVirtualHosts,
    Duration timeout,
    Map<String, String> client) {
  ManagementSettings {
    client = Map.copyOf(client);
  }

  /** Null where the source has none. */
  static @Nullable ManagementSettings read(ConfigSection source, Map<String, String> client) {
    if (!source.has("management")) return null;
    ConfigSection section = source.section("management");
    ManagementSettings settings =
        new ManagementSettings(
            section.path(),
            uri(section),
            section.text("username").orElse(ClientOptions.user(client)),
            section.secret("password").orElse(Secret.of(ClientOptions.password(client))),
            section.flag("allVirtualHosts", false),
            section.duration(
                "timeout", Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofMinutes(10)),
            client);
    section.refuseUnknown();
    return settings;
  }

  /** Never with the text itself: somebody may have put a password into it. */
  private static URI uri(ConfigSection section) {
    URI standIn = URI.create("http://localhost:15672");
    String text = section.required("uri", "such as http://localhost:15672, or https://… for TLS");
    if (text.isBlank()) return standIn;
    try {
      URI uri = new URI(text.replaceFirst("/+(api/*)?$", ""));
      String problem = problem(uri);
      if (problem == null) return uri;
      section.problem("uri", problem);
    } catch (URISyntaxException e) {
      section.problem("uri", "is no address: " + e.getReason());
    }
    return standIn;
  }

  private static @Nullable String problem(URI uri) {
    if (!List.of("http", "https").contains(String.valueOf(uri.getScheme()))) {
      return "has the scheme " + uri.getScheme() + ", allowed: http://… or https://…";
    }
    if (uri.getRawUserInfo() != null) {
      return "has a login in it; write username and password beside it, or leave them out to use"
          + " those of rabbitmq.uri";
    }
    if (uri.getHost() == null) return "has no host, allowed: http://host:15672";
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      return "has more than host, port and path";
    }
    return null;
  }

  /** Without the login. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
