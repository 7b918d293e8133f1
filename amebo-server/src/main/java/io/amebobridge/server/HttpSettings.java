package io.amebobridge.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * What the server lets HTTP clients do. Immutable; refuses what cannot work.
 *
 * @param corsOrigins the origins whose pages may call the API, such as {@code
 *     https://console.example.com}; exactly these, none by default
 * @param requests all requests of one client (see {@link Rate}); off by default
 * @param events published events of one client, those of a batch each; off by default
 * @param logins failed logins under one name from one address, 10 at once and 10 a minute; four
 *     times as many from one address under whatever names
 */
public record HttpSettings(List<String> corsOrigins, Rate requests, Rate events, Rate logins) {
  /**
   * A token bucket. A client is an application or the administrator, where there is a token, else
   * an address.
   *
   * @param perSecond how many a second in the long run; 0: not limited
   * @param burst how many at once
   */
  public record Rate(double perSecond, int burst) {
    public static final Rate OFF = new Rate(0, 1);

    public Rate {
      if (!(perSecond >= 0 && perSecond <= 1e9)) {
        throw new IllegalArgumentException(
            "rate.perSecond: got " + perSecond + ", allowed: 0 (off) to 1e9");
      }
      if (burst < 1) {
        throw new IllegalArgumentException("rate.burst: got " + burst + ", allowed: 1 or more");
      }
    }

    public boolean isOn() {
      return perSecond > 0;
    }
  }

  public HttpSettings {
    corsOrigins = List.copyOf(corsOrigins);
    corsOrigins.forEach(HttpSettings::checkOrigin);
  }

  public static HttpSettings defaults() {
    return new HttpSettings(List.of(), Rate.OFF, Rate.OFF, new Rate(10 / 60.0, 10));
  }

  public HttpSettings withCorsOrigins(List<String> value) {
    return new HttpSettings(value, requests, events, logins);
  }

  public HttpSettings withRequests(Rate value) {
    return new HttpSettings(corsOrigins, value, events, logins);
  }

  public HttpSettings withEvents(Rate value) {
    return new HttpSettings(corsOrigins, requests, value, logins);
  }

  public HttpSettings withLogins(Rate value) {
    return new HttpSettings(corsOrigins, requests, events, value);
  }

  private static void checkOrigin(String origin) {
    try {
      URI uri = new URI(origin);
      String scheme = String.valueOf(uri.getScheme());
      boolean bare = origin.equals(scheme + "://" + uri.getRawAuthority());
      if (bare && uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "corsOrigins: got "
            + origin
            + ", allowed: origins such as https://console.example.com, without a path and without *");
  }
}
