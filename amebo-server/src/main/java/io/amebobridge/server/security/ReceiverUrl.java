package io.amebobridge.server.security;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A receiver's URL, with one reading only: whatever another parser, or the system's resolver, could
 * take for another host is refused. Immutable.
 *
 * @param host a name, or an address without brackets
 * @param path with the query
 */
public record ReceiverUrl(boolean tls, String host, int port, String path) {
  // The system's resolver takes 2130706433, 0x7f.1 and 0177.0.0.1 for addresses.
  private static final Pattern NUMERIC = Pattern.compile("(.*\\.)?(0[xX][0-9a-fA-F]*|[0-9]+)\\.?");
  private static final String PART = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final Pattern DOTTED =
      Pattern.compile(PART + "\\." + PART + "\\." + PART + "\\." + PART);
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]+");

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  public static ReceiverUrl parse(String text) {
    URI uri = uri(text);
    String given = uri.getHost();
    boolean brackets = given.startsWith("[");
    String host = brackets ? given.substring(1, given.length() - 1) : given;
    if (brackets ? !IPV6.matcher(host).matches() : isDisguised(host)) {
      throw new IllegalArgumentException(
          "got the host "
              + given
              + ", allowed: a name, an IPv4 address as 192.0.2.1, an IPv6 address in brackets"
              + " without a zone");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw new IllegalArgumentException("got port " + uri.getPort() + ", allowed: 1 to 65535");
    }
    boolean tls = uri.getScheme().equalsIgnoreCase("https");
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return new ReceiverUrl(
        tls,
        host,
        uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80,
        uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      boolean http = scheme.equals("http") || scheme.equals("https");
      if (http
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null
          && text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "allowed: an http or https URL in ASCII (other names in punycode) without user and"
            + " fragment");
  }

  private static boolean isDisguised(String host) {
    return NUMERIC.matcher(host).matches() && !DOTTED.matcher(host).matches();
  }

  /** The address that needs no lookup; empty for a name. */
  public Optional<InetAddress> literal() {
    try {
      if (host.indexOf(':') >= 0 || DOTTED.matcher(host).matches()) {
        return Optional.of(InetAddress.getByName(host));
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("got the host " + host + ", which is no address", e);
    }
    String name = host.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
    return name.equals("localhost") || name.endsWith(".localhost")
        ? Optional.of(InetAddress.getLoopbackAddress()) // by RFC 6761, whatever a resolver says
        : Optional.empty();
  }
}
