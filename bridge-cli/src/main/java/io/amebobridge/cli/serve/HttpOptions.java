package io.amebobridge.cli.serve;

import static io.amebobridge.cli.serve.OptionType.integer;
import static io.amebobridge.cli.serve.OptionType.list;
import static io.amebobridge.cli.serve.OptionType.rate;
import static io.amebobridge.cli.serve.OptionType.seconds;

import io.amebobridge.server.HttpSettings;
import io.amebobridge.server.HttpSettings.Rate;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What HTTP clients may do; the failed logins have upstream's names. */
final class HttpOptions {
  private static final int MOST_AT_ONCE = 1_000_000_000;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  static final List<ServeOption<?>> ALL =
      List.of(
          http(
              "AMEBO_CORS_ORIGINS",
              list(),
              "Origins such as https://console.example.com whose pages may call the API with a"
                  + " token; never *.",
              "none",
              HttpSettings::corsOrigins,
              HttpSettings::withCorsOrigins),
          http(
              "AMEBO_RATELIMIT_REQUESTS",
              rate(),
              "Requests of one client: an application, the administrator, else an address. Above"
                  + " it they are a 429.",
              "off",
              HttpSettings::requests,
              HttpSettings::withRequests),
          http(
              "AMEBO_RATELIMIT_REQUESTS_BURST",
              integer(1, MOST_AT_ONCE),
              "How many of them may come at once.",
              "the number in the rate",
              h -> burst(h.requests()),
              (h, v) -> h.withRequests(new Rate(h.requests().perSecond(), v))),
          http(
              "AMEBO_RATELIMIT_EVENTS",
              rate(),
              "Published events of one client; a batch counts for each of its events.",
              "off",
              HttpSettings::events,
              HttpSettings::withEvents),
          http(
              "AMEBO_RATELIMIT_EVENTS_BURST",
              integer(1, MOST_AT_ONCE),
              "How many of them may come at once.",
              "the number in the rate",
              h -> burst(h.events()),
              (h, v) -> h.withEvents(new Rate(h.events().perSecond(), v))),
          http(
              "AMEBO_AUTH_RATELIMIT_MAX",
              integer(0, 1_000_000),
              "Failed logins under one name from one address, in the window; 0: as many as they"
                  + " like.",
              "",
              h -> h.logins().isOn() ? h.logins().burst() : 0,
              (h, v) -> h.withLogins(logins(v, window(h.logins())))),
          http(
              "AMEBO_AUTH_RATELIMIT_WINDOW",
              seconds(),
              "The window of failed logins.",
              "",
              h -> window(h.logins()),
              (h, v) -> h.logins().isOn() ? h.withLogins(logins(h.logins().burst(), v)) : h));

  private HttpOptions() {}

  private static <T> ServeOption<T> http(
      String name,
      OptionType<T> type,
      String says,
      String absent,
      Function<HttpSettings, @Nullable T> get,
      BiFunction<HttpSettings, T, HttpSettings> set) {
    return ServeOption.server(
        name,
        type,
        says,
        absent,
        c -> get.apply(c.http()),
        (c, value) -> c.withHttp(set.apply(c.http(), value)));
  }

  private static @Nullable Integer burst(Rate rate) {
    return rate.equals(Rate.OFF) ? null : Integer.valueOf(rate.burst());
  }

  /** So many in a window, and all of them at once. */
  private static Rate logins(int most, Duration window) {
    if (window.isZero()) {
      throw new IllegalArgumentException("got " + window + ", allowed: more than 0");
    }
    return most == 0 ? Rate.OFF : new Rate(most * 1000.0 / window.toMillis(), most);
  }

  private static Duration window(Rate logins) {
    return logins.isOn()
        ? Duration.ofMillis(Math.round(logins.burst() * 1000 / logins.perSecond()))
        : WINDOW;
  }
}
