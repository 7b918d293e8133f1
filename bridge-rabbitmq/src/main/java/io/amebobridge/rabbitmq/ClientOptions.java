package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ConnectionFactoryConfigurator;
import io.amebobridge.core.config.ConfigSection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of RabbitMQ's Java client by the names that its own ConnectionFactoryConfigurator
 * has, and {@code addresses} for further hosts.
 */
final class ClientOptions {
  /** What RabbitMQ's max_message_size may be at most. */
  private static final int LARGEST_MESSAGE = 512 << 20;

  private static final String URI = "uri";
  private static final String ADDRESSES = "addresses";
  private static final String RECOVERY =
      "the bridge reconnects itself: the client's recovery would leave delivery tags behind that"
          + " mean nothing any more";
  private static final String BLOCKING = "the bridge uses the client's blocking sockets";

  /** What would break a guarantee, with the reason. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "connection.recovery.enabled", RECOVERY,
          "topology.recovery.enabled", RECOVERY,
          "connection.recovery.interval", RECOVERY,
          "use.nio", BLOCKING,
          "channel.should.check.rpc.response.type", "the bridge has one request under way");

  private static final Set<String> NUMBERS =
      Set.of(
          "port",
          "connection.channel.max",
          "connection.frame.max",
          "connection.heartbeat",
          "connection.timeout",
          "handshake.timeout",
          "shutdown.timeout",
          "channel.rpc.timeout");
  private static final Set<String> FLAGS =
      Set.of("ssl.enabled", "ssl.validate.server.certificate", "ssl.verify.hostname");
  private static final Set<String> TEXTS =
      Set.of(
          "username",
          "password",
          "virtual.host",
          "host",
          "ssl.algorithm",
          "ssl.key.store",
          "ssl.key.store.password",
          "ssl.key.password",
          "ssl.key.store.type",
          "ssl.key.store.algorithm",
          "ssl.trust.store",
          "ssl.trust.store.password",
          "ssl.trust.store.type",
          "ssl.trust.store.algorithm");

  private ClientOptions() {}

  /** Reads {@code sources.<name>.rabbitmq}. */
  static Map<String, String> read(ConfigSection section) {
    Map<String, String> options = new LinkedHashMap<>(section.options());
    for (String name : Set.copyOf(options.keySet())) {
      String problem = problem(name, options.getOrDefault(name, ""));
      if (problem == null) continue;
      section.problem(name, problem);
      options.remove(name);
    }
    section.required(
        URI, "such as amqp://user:password@host:5672/virtual-host, or amqps:// for TLS");
    return options;
  }

  private static @Nullable String problem(String name, String value) {
    if (name.equals(URI)) return uriProblem(value);
    if (name.equals(ADDRESSES)) return addressesProblem(value);
    if (REFUSED.containsKey(name)) return "is not allowed: " + REFUSED.get(name);
    if (name.startsWith("nio.")) return "is not allowed: " + BLOCKING;
    if (NUMBERS.contains(name)) {
      return value.matches("\\d{1,9}") ? null : "got " + value + ", allowed: a whole number";
    }
    if (FLAGS.contains(name)) {
      return Set.of("true", "false").contains(value)
          ? null
          : "got " + value + ", allowed: true, false";
    }
    if (TEXTS.contains(name) || name.startsWith("client.properties.")) return null;
    String known =
        Stream.of(Set.of(URI, ADDRESSES), NUMBERS, FLAGS, TEXTS, Set.of("client.properties.*"))
            .flatMap(Set::stream)
            .sorted()
            .collect(Collectors.joining(", "));
    return "RabbitMQ's Java client has no option " + name + ", allowed: " + known;
  }

  /** Never with the text itself: it has the password. */
  private static @Nullable String uriProblem(String text) {
    if (text.isBlank()) return null; // said as missing
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (!Set.of("amqp", "amqps").contains(scheme)) {
        return "has the scheme " + scheme + ", allowed: amqp://… or amqps://…";
      }
      if (uri.getHost() == null) return "has no host, allowed: amqp://user:password@host/vhost";
      if (uri.getRawPath() != null && uri.getRawPath().lastIndexOf('/') > 0) {
        return "has a path of several parts; a / in the virtual host's name is written %2F";
      }
      if (uri.getRawQuery() != null) return "has a ?query; write those options beside uri";
      return null;
    } catch (URISyntaxException e) {
      return "is no address: "
          + e.getReason()
          + " at character "
          + (e.getIndex() + 1)
          + "; in user and password, write :/?#[]@% and spaces as %XX";
    }
  }

  private static @Nullable String addressesProblem(String text) {
    try {
      boolean named = Stream.of(Address.parseAddresses(text)).noneMatch(a -> a.getHost().isBlank());
      if (named) return null;
    } catch (RuntimeException notAddresses) {
      // falls through to the same problem
    }
    return "got " + text + ", allowed: host:port, several separated by commas";
  }

  private static boolean isTls(Map<String, String> options) {
    return options.getOrDefault(URI, "").toLowerCase(Locale.ROOT).startsWith("amqps:")
        || Boolean.parseBoolean(options.get("ssl.enabled"));
  }

  /**
   * A factory of connections with these options.
   *
   * @throws IllegalArgumentException for options that do not fit together
   * @throws IllegalStateException for key stores that can't be read
   */
  static ConnectionFactory factory(Map<String, String> options, Duration timeout) {
    Map<String, String> all = new HashMap<>();
    String millis = String.valueOf(timeout.toMillis());
    for (String each : List.of("connection.timeout", "handshake.timeout", "channel.rpc.timeout")) {
      all.put(each, millis);
    }
    // seconds; a broker that is silent is given up after about twice that
    all.put("connection.heartbeat", "20");
    if (isTls(options)) {
      all.put("ssl.enabled", "true");
      // the client's own defaults trust everybody
      all.put("ssl.validate.server.certificate", "true");
      all.put("ssl.verify.hostname", "true");
    }
    all.putAll(options);
    all.remove(ADDRESSES);
    ConnectionFactory factory = new ConnectionFactory();
    ConnectionFactoryConfigurator.load(factory, all, "");
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    // the client's own limit would end the connection, again and again, with all that is on it
    factory.setMaxInboundMessageBodySize(LARGEST_MESSAGE);
    return factory;
  }

  /** All hosts to try, the one of the uri first. */
  static List<Address> addresses(Map<String, String> options) {
    Stream<Address> more =
        options.containsKey(ADDRESSES)
            ? Stream.of(Address.parseAddresses(options.get(ADDRESSES)))
            : Stream.of();
    return Stream.concat(Stream.of(first(options)), more)
        .map(a -> a.getPort() > 0 ? a : new Address(a.getHost(), defaultPort(options)))
        .distinct()
        .toList();
  }

  private static int defaultPort(Map<String, String> options) {
    return isTls(options)
        ? ConnectionFactory.DEFAULT_AMQP_OVER_SSL_PORT
        : ConnectionFactory.DEFAULT_AMQP_PORT;
  }

  private static Address first(Map<String, String> options) {
    URI uri = uri(options);
    String host = uri == null || uri.getHost() == null ? "localhost" : uri.getHost();
    int port = uri == null ? -1 : uri.getPort();
    String over = options.get("port");
    return new Address(
        options.getOrDefault("host", host), over == null ? port : Integer.parseInt(over));
  }

  private static @Nullable URI uri(Map<String, String> options) {
    try {
      return new URI(options.getOrDefault(URI, ""));
    } catch (URISyntaxException e) {
      return null; // refused when it was read
    }
  }

  /** Such as {@code a:5672, b:5672}. */
  static String address(Map<String, String> options) {
    return addresses(options).stream()
        .map(a -> a.getHost() + ":" + a.getPort())
        .collect(Collectors.joining(", "));
  }

  static String virtualHost(Map<String, String> options) {
    String over = options.get("virtual.host");
    if (over != null) return over;
    URI uri = uri(options);
    String path = uri == null ? null : uri.getRawPath();
    if (path == null || path.isEmpty()) return ConnectionFactory.DEFAULT_VHOST;
    return decode(path.substring(1));
  }

  /** Of the login; the client's own defaults where the options have none. */
  static String user(Map<String, String> options) {
    return login(options, "username", 0, ConnectionFactory.DEFAULT_USER);
  }

  static String password(Map<String, String> options) {
    return login(options, "password", 1, ConnectionFactory.DEFAULT_PASS);
  }

  private static String login(
      Map<String, String> options, String option, int part, String fallback) {
    String over = options.get(option);
    if (over != null) return over;
    URI uri = uri(options);
    String login = uri == null ? null : uri.getRawUserInfo();
    String[] parts = login == null ? new String[0] : login.split(":", 2);
    return parts.length > part ? decode(parts[part]) : fallback;
  }

  private static String decode(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
