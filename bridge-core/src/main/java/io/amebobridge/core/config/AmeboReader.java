package io.amebobridge.core.config;

import io.amebobridge.client.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code amebo:}. */
final class AmeboReader {
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final String SQLITE = "sqlite:";

  private final ConfigSection s;
  private final Path directory;

  AmeboReader(ConfigSection section, Path directory) {
    this.s = section;
    this.directory = directory;
  }

  /** Null where a problem has been added. */
  @Nullable AmeboConfig read() {
    URI url = s.text("url").map(this::url).orElse(null);
    String embedded = s.text("embedded").map(this::embedded).orElse(null);
    boolean one = s.has("url") ^ s.has("embedded");
    if (!one) {
      s.problem("must say where events go, allowed: exactly one of url and embedded");
    }
    String application = s.text("application").orElse(null);
    Optional<Secret> secret = s.secret("secret");
    AmeboConfig.Login login = login();
    boolean credentials = credentials(application, secret, login);
    AmeboConfig.Timeouts timeouts = timeouts(s.section("timeouts"));
    AmeboConfig.Batch batch = batch(s.section("batch"));
    int concurrency = s.integer("concurrency", 16, 1, 1000);
    s.refuseUnknown();
    if (!one || !credentials || (url == null && embedded == null)) return null;
    return new AmeboConfig(
        url, embedded, application, secret.orElse(null), login, timeouts, batch, concurrency);
  }

  private @Nullable URI url(String text) {
    String allowed = ", allowed: http://host:port or https://host:port, without user and query";
    try {
      URI url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      boolean plain =
          url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null;
      if (http && plain && url.getHost() != null) return url;
    } catch (URISyntaxException notAUrl) {
      // the same problem as a URL of another kind
    }
    s.problem("url", "got " + s.shown("url") + allowed);
    return null;
  }

  /** SQLite's path is relative to the config file, so that every command finds the same data. */
  private @Nullable String embedded(String dsn) {
    if (dsn.startsWith("postgres")) return dsn;
    String path = dsn.startsWith(SQLITE) ? dsn.substring(SQLITE.length()) : "";
    try {
      if (!path.isBlank()) return SQLITE + directory.resolve(path).normalize();
    } catch (InvalidPathException notAPath) {
      // the same problem as a DSN of another kind
    }
    s.problem(
        "embedded",
        "got " + s.shown("embedded") + ", allowed: sqlite:<file> or postgresql://host/database");
    return null;
  }

  private AmeboConfig.@Nullable Login login() {
    Optional<String> username = s.text("username");
    Optional<Secret> password = s.secret("password");
    if (s.has("username") != s.has("password")) {
      s.problem(s.has("username") ? "username" : "password", "username and password go together");
    }
    if (username.isEmpty() || password.isEmpty()) return null;
    return new AmeboConfig.Login(username.get(), password.get());
  }

  private boolean credentials(
      @Nullable String application, Optional<Secret> secret, AmeboConfig.@Nullable Login login) {
    boolean blank = secret.isPresent() && secret.get().reveal().isBlank();
    if (blank) s.problem("secret", "is empty, allowed: the application's secret");
    if (s.has("secret") && !s.has("application")) {
      s.problem("secret", "is the secret of an application; add application: <name>");
      return false;
    }
    boolean needed = s.has("url");
    if (needed && s.has("application") && !s.has("secret") && !s.has("password")) {
      s.problem("secret", "is missing, allowed: the application's secret, such as ${AMEBO_SECRET}");
      return false;
    }
    if (needed && !s.has("application") && !s.has("password")) {
      s.problem("needs credentials, allowed: application and secret, or username and password");
      return false;
    }
    boolean applicationRead = !s.has("application") || application != null;
    return !blank && applicationRead && (!needed || secret.isPresent() || login != null);
  }

  private static AmeboConfig.Timeouts timeouts(ConfigSection t) {
    Duration connect = t.duration("connect", Duration.ofSeconds(5), MOMENT, LONG);
    Duration request = t.duration("request", Duration.ofSeconds(30), MOMENT, LONG);
    t.refuseUnknown();
    return new AmeboConfig.Timeouts(connect, request);
  }

  private static AmeboConfig.Batch batch(ConfigSection b) {
    int maxEvents = b.integer("maxEvents", 500, 1, 10_000);
    long maxBytes = b.bytes("maxBytes", 1L << 20, 1024, 64L << 20);
    Duration linger =
        b.duration("linger", Duration.ofMillis(5), Duration.ZERO, Duration.ofMinutes(1));
    int inFlight = b.integer("inFlight", 4, 1, 100);
    b.refuseUnknown();
    return new AmeboConfig.Batch(maxEvents, maxBytes, linger, inFlight);
  }
}
