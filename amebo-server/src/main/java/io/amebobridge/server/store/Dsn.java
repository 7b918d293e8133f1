package io.amebobridge.server.store;

import io.amebobridge.client.Secret;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** Where a database is. Immutable; its text has no password. */
public sealed interface Dsn {
  /** What is allowed. */
  String ALLOWED = "sqlite:<file> or postgresql://<user>:<password>@<host>:<port>/<database>";

  /** All up to the last @, since a password may have been left unencoded. */
  Pattern USER_INFO = Pattern.compile("^([a-z]+:/*).*(@[^@]*)$", Pattern.DOTALL);

  /**
   * Reads {@code sqlite:<file>}, for which upstream writes {@code sqlite:///<file>}, or {@code
   * postgresql://user:password@host:port/database?options}, also {@code postgres://}, several
   * {@code host:port} with commas between. Names and passwords are percent-encoded; options are
   * pgjdbc's own.
   *
   * @throws IllegalArgumentException where it is neither; its text shows no password
   */
  static Dsn parse(String text) {
    if (text.startsWith("sqlite:")) {
      return Sqlite.parse(text);
    }
    if (text.startsWith("postgresql:") || text.startsWith("postgres:")) {
      return Postgres.parse(text);
    }
    throw refused(text, ALLOWED);
  }

  /** What upstream's documentation puts into a DSN, and is not needed here. */
  List<String> NOT_NEEDED = List.of("pool_size", "max_overflow");

  /** Which of the options that are not needed are in it; they are passed over. */
  static List<String> passedOver(String text) {
    return NOT_NEEDED.stream().filter(o -> text.matches("(?s)postgres.*[?&]" + o + "=.*")).toList();
  }

  /** The text with stars in place of passwords, however malformed it is. */
  static String masked(String text) {
    String shown = text.replaceAll("(?i)(passw(or)?d=)[^&]*", "$1***");
    if (text.startsWith("sqlite:")) {
      return shown;
    }
    Matcher user = USER_INFO.matcher(shown);
    return user.find() ? user.group(1) + "***" + user.group(2) : shown;
  }

  private static IllegalArgumentException refused(String text, String allowed) {
    return new IllegalArgumentException("dsn: got " + masked(text) + ", allowed: " + allowed);
  }

  /** A file of this machine. */
  record Sqlite(Path file) implements Dsn {
    private static final int PREFIX = "sqlite:".length();
    private static final String SLASHES = "sqlite:///";

    private static Sqlite parse(String text) {
      // Upstream's spellings: three slashes before a relative path, four before an absolute one.
      String file =
          text.startsWith(SLASHES) ? text.substring(SLASHES.length()) : text.substring(PREFIX);
      if (file.isEmpty() || file.startsWith("//")) {
        throw refused(text, ALLOWED);
      }
      if (file.contains(":memory:")) {
        throw refused(text, "a file: what is only in memory is lost");
      }
      if (file.contains("?")) {
        throw refused(text, "sqlite:<file> without options");
      }
      return new Sqlite(Path.of(file).toAbsolutePath().normalize());
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  /** A server's address; of several the first that fits is taken. */
  record Host(String name, int port) {
    @Override
    public String toString() {
      return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
    }
  }

  /**
   * A database of a PostgreSQL server.
   *
   * @param options of pgjdbc
   */
  record Postgres(
      List<Host> hosts,
      String database,
      String user,
      @Nullable Secret password,
      Map<String, String> options)
      implements Dsn {
    private static final int DEFAULT_PORT = 5432;
    private static final Pattern SHAPE =
        Pattern.compile(
            "postgres(?:ql)?://(?:(?<user>[^:@/?]+)(?::(?<password>[^@/?]*))?@)?"
                + "(?<hosts>[^@/?]*)/(?<database>[^/?@]+)(?:\\?(?<options>.*))?");
    private static final Pattern HOST =
        Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+)(?::([0-9]{1,5}))?");
    private static final Pattern ENCODED = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    public Postgres {
      hosts = List.copyOf(hosts);
      options = Map.copyOf(options);
    }

    private static Postgres parse(String text) {
      Matcher parts = SHAPE.matcher(text);
      if (!parts.matches() || ENCODED.matcher(text).find()) {
        throw refused(
            text, ALLOWED + "; percent-encode : / ? @ % in the user and the password (@ is %40)");
      }
      Map<String, String> options = options(text, parts.group("options"));
      String user = decoded(parts.group("user"), options.remove("user"));
      String password = decoded(parts.group("password"), options.remove("password"));
      if (user == null) {
        throw refused(text, ALLOWED + ", with a user");
      }
      return new Postgres(
          hosts(text, parts.group("hosts")),
          decode(parts.group("database")),
          user,
          password == null ? null : Secret.of(password),
          options);
    }

    private static @Nullable String decoded(@Nullable String part, @Nullable String option) {
      return part == null ? option : decode(part);
    }

    private static String decode(String part) {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static List<Host> hosts(String text, String part) {
      List<Host> hosts = new ArrayList<>();
      for (String each : (part.isEmpty() ? "localhost" : part).split(",", -1)) {
        Matcher host = HOST.matcher(each);
        int port = -1;
        if (host.matches()) {
          port = host.group(2) == null ? DEFAULT_PORT : Integer.parseInt(host.group(2));
        }
        if (port < 1 || port > 65_535) {
          throw refused(text, "<host>:<port>, several with commas between; ports 1 to 65535");
        }
        hosts.add(new Host(host.group(1).replaceAll("[\\[\\]]", ""), port));
      }
      return hosts;
    }

    private static Map<String, String> options(String text, @Nullable String part) {
      Map<String, String> options = new LinkedHashMap<>();
      for (String each : part == null || part.isEmpty() ? new String[0] : part.split("&")) {
        String[] option = each.split("=", 2);
        if (NOT_NEEDED.contains(option[0])) {
          continue;
        }
        if (option.length != 2 || PGProperty.forName(decode(option[0])) == null) {
          throw refused(
              text,
              "options of the driver pgjdbc, such as sslmode=require (not " + option[0] + ")");
        }
        options.put(decode(option[0]), decode(option[1]));
      }
      return options;
    }

    /**
     * Connections to it, each a new one.
     *
     * @param socketTimeout the longest wait for an answer; zero waits for ever
     * @throws IllegalArgumentException where the driver refuses an option's value
     */
    public DataSource dataSource(Duration socketTimeout) {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setServerNames(hosts().stream().map(Dsn.Host::name).toArray(String[]::new));
      source.setPortNumbers(hosts().stream().mapToInt(Dsn.Host::port).toArray());
      source.setDatabaseName(database());
      source.setUser(user());
      source.setPassword(password() == null ? null : password().reveal());
      source.setApplicationName("amebo");
      source.setTcpKeepAlive(true);
      source.setConnectTimeout(10);
      source.setSocketTimeout((int) socketTimeout.toSeconds());
      options()
          .forEach(
              (name, value) ->
                  source.setProperty(Objects.requireNonNull(PGProperty.forName(name)), value));
      return source;
    }

    /** Why a connection was not had, and what to do about it; without passwords. */
    public String reason(SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (e.getCause() instanceof UnknownHostException) {
        return "the host is unknown; correct the host in the dsn";
      }
      if (password == null && String.valueOf(e.getMessage()).contains("no password")) {
        return "the server asks for a password, and the dsn has none; write"
            + " postgresql://<user>:<password>@<host>/<database>";
      }
      return switch (state) {
        case "28P01" -> "the user or the password is wrong; correct them in the dsn";
        case "28000" -> e.getMessage() + "; allow the user in pg_hba.conf, or correct the dsn";
        case "3D000" -> "there is no such database; CREATE DATABASE \"" + database + "\" first";
        case "08001", "08004", "08006" ->
            "the server does not answer (" + e.getMessage() + "); start it, or correct the dsn";
        default -> String.valueOf(e.getMessage());
      };
    }

    @Override
    public String toString() {
      StringBuilder shown = new StringBuilder("postgresql://").append(user).append('@');
      for (int i = 0; i < hosts.size(); i++) {
        shown.append(i == 0 ? "" : ",").append(hosts.get(i));
      }
      return shown.append('/').append(database).toString();
    }
  }
}
