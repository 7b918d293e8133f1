package io.amebobridge.cli.serve;

import static io.amebobridge.cli.serve.OptionType.bytes;
import static io.amebobridge.cli.serve.OptionType.dsn;
import static io.amebobridge.cli.serve.OptionType.duration;
import static io.amebobridge.cli.serve.OptionType.flag;
import static io.amebobridge.cli.serve.OptionType.integer;
import static io.amebobridge.cli.serve.OptionType.list;
import static io.amebobridge.cli.serve.OptionType.oneOf;
import static io.amebobridge.cli.serve.OptionType.password;
import static io.amebobridge.cli.serve.OptionType.path;
import static io.amebobridge.cli.serve.OptionType.text;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.ServerConfig;
import io.amebobridge.server.security.AddressGuard;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table of options: a new one is one entry here. */
final class ServeOptions {
  private static final String GENERATED = "generated, and kept beside the data";

  private static final List<ServeOption<?>> SERVER =
      List.of(
          server(
              "AMEBO_DSN",
              dsn(),
              "Where events are stored: sqlite:<file>, relative to the working directory, or"
                  + " postgresql://<user>:<password>@<host>:<port>/<database>, rather in the"
                  + " environment than on the command line, where others see it;"
                  + " sqlite:///<relative> and sqlite:////<absolute> are taken too.",
              ServerConfig::dsn,
              ServerConfig::withDsn),
          server(
              "AMEBO_HOST",
              text(),
              "The address to listen on. On loopback, webhooks may go to loopback too.",
              ServerConfig::host,
              ServerConfig::withHost),
          server(
              "AMEBO_PORT",
              integer(0, 65_535),
              "The port, 0 for any.",
              ServerConfig::port,
              ServerConfig::withPort),
          server(
              "AMEBO_SECRET",
              password(),
              "The keys of tokens and of stored secrets are derived from it; keep it. A generated"
                  + " one is in a file beside the SQLite file, else in ./data.",
              ServerConfig::secret,
              ServerConfig::withSecret),
          ServeOption.server(
              "AMEBO_PREVIOUS_SECRET",
              password(),
              "The AMEBO_SECRET that the present one replaces: what is stored under it is encrypted"
                  + " anew, and its tokens are good until they expire.",
              "none",
              ServerConfig::previousSecret,
              ServerConfig::withPreviousSecret),
          server(
              "AMEBO_USERNAME",
              text(),
              "The administrator.",
              ServerConfig::adminUsername,
              (c, v) -> c.withAdmin(v, c.adminPassword())),
          server(
              "AMEBO_PASSWORD",
              password(),
              "The administrator's password; a generated one is kept like the secret.",
              ServerConfig::adminPassword,
              (c, v) -> c.withAdmin(c.adminUsername(), v)),
          server(
              "AMEBO_MAX_PAYLOAD",
              bytes(1024, 64 << 20),
              "The largest payload of one event; a larger one is a 413.",
              c -> (long) c.maxPayloadBytes(),
              (c, v) -> c.withMaxPayloadBytes(v.intValue())),
          server(
              "AMEBO_MIGRATE",
              flag(),
              "Whether a start brings the database's schema up to date; else it starts only where"
                  + " that is current.",
              ServerConfig::migrate,
              ServerConfig::withMigrate),
          delivery(
              "AMEBO_ENVELOPE",
              integer(1, 10_000),
              "Events read at once for a subscription on their way out.",
              DeliverySettings::page,
              DeliverySettings::withPage),
          delivery(
              "AMEBO_DELIVERY_WINDOW",
              integer(1, 10_000),
              "Calls in flight at most, for each subscription.",
              DeliverySettings::window,
              DeliverySettings::withWindow),
          delivery(
              "AMEBO_DELIVERY_TIMEOUT",
              duration(),
              "For one call, from connect to the end of the answer.",
              DeliverySettings::timeout,
              DeliverySettings::withTimeout),
          delivery(
              "AMEBO_DELIVERY_BACKOFF",
              duration(),
              "The first retry comes after up to this long, each later one after up to twice as"
                  + " long.",
              DeliverySettings::backoffBase,
              (d, v) -> d.withBackoff(v, d.backoffCap())),
          delivery(
              "AMEBO_DELIVERY_BACKOFF_CAP",
              duration(),
              "No retry waits longer, unless the receiver asked for it.",
              DeliverySettings::backoffCap,
              (d, v) -> d.withBackoff(d.backoffBase(), v)),
          delivery(
              "AMEBO_DELIVERY_BREAKER",
              integer(1, 1_000_000),
              "After this many failures of an endpoint in a row one probe at a time goes out.",
              DeliverySettings::breakerThreshold,
              DeliverySettings::withBreakerThreshold),
          delivery(
              "AMEBO_ALLOWED_NETWORKS",
              list(),
              "Networks such as 10.0.0.0/8 that webhooks may go to although they are not public.",
              DeliverySettings::allowedNetworks,
              (d, v) -> d.withAllowedNetworks(networks(v))),
          ServeOption.server(
              "AMEBO_TRUSTED_CERTIFICATES",
              path(),
              "A PEM file of authorities whose receivers are trusted, beside those Java trusts.",
              "none",
              c -> c.delivery().trustedCertificates(),
              (c, v) -> c.withDelivery(c.delivery().withTrustedCertificates(v))));

  private static final List<ServeOption<?>> LOGS =
      List.of(
          new ServeOption<>(
              "AMEBO_LOG_LEVEL",
              oneOf("error", "warn", "info", "debug", "trace"),
              "What is logged, on standard error.",
              "",
              ServeSettings::logLevel,
              ServeSettings::withLogLevel),
          new ServeOption<>(
              "AMEBO_LOG_FORMAT",
              oneOf("text", "json"),
              "Logs for people, or a JSON object a line.",
              "",
              ServeSettings::logFormat,
              ServeSettings::withLogFormat));

  static final List<ServeOption<?>> ALL =
      Stream.of(SERVER, HttpOptions.ALL, KeepingOptions.ALL, LOGS).flatMap(List::stream).toList();

  private ServeOptions() {}

  private static <T> ServeOption<T> server(
      String name,
      OptionType<T> type,
      String says,
      Function<ServerConfig, @Nullable T> get,
      BiFunction<ServerConfig, T, ServerConfig> set) {
    return ServeOption.server(name, type, says, GENERATED, get, set);
  }

  private static <T> ServeOption<T> delivery(
      String name,
      OptionType<T> type,
      String says,
      Function<DeliverySettings, T> get,
      BiFunction<DeliverySettings, T, DeliverySettings> set) {
    return server(
        name,
        type,
        says,
        c -> get.apply(c.delivery()),
        (c, value) -> c.withDelivery(set.apply(c.delivery(), value)));
  }

  private static List<String> networks(List<String> cidrs) {
    AddressGuard unused = new AddressGuard(false, cidrs); // refuses what is no network
    return cidrs;
  }
}
