package io.amebobridge.server.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Closed addresses in every writing that some parser or resolver takes for them. */
public final class Disguises {
  /** Ranges that nobody outside may be sent to, as first and last address. */
  static final List<String> IPV4_RANGES =
      List.of(
          "0.0.0.0-0.255.255.255",
          "10.0.0.0-10.255.255.255",
          "100.64.0.0-100.127.255.255",
          "127.0.0.0-127.255.255.255",
          "169.254.0.0-169.254.255.255",
          "172.16.0.0-172.31.255.255",
          "192.0.0.0-192.0.0.255",
          "192.0.2.0-192.0.2.255",
          "192.88.99.0-192.88.99.255",
          "192.168.0.0-192.168.255.255",
          "198.18.0.0-198.19.255.255",
          "198.51.100.0-198.51.100.255",
          "203.0.113.0-203.0.113.255",
          "224.0.0.0-239.255.255.255",
          "240.0.0.0-255.255.255.255",
          "169.254.169.254-169.254.169.254",
          "127.0.0.1-127.0.0.1",
          "100.100.100.200-100.100.100.200");

  static final List<String> IPV6 =
      List.of(
          "::",
          "::1",
          "::ffff",
          "64:ff9b::808:808",
          "64:ff9b:1::",
          "64:ff9b:1:ffff::1",
          "100::",
          "100::ffff:ffff:ffff:ffff",
          "2001::",
          "2001:0:4136:e378:8000:63bf:3fff:fdd2",
          "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
          "2001:10::1",
          "2001:20::1",
          "2001:db8::",
          "2001:db8:8000::1",
          "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
          "2002::",
          "2002:808:808::1",
          "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "3fff::",
          "3fff:fff:ffff::1",
          "5f00::",
          "5f00:ffff::1",
          "fc00::",
          "fd00::1",
          "fd00:ec2::254",
          "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "fe80::",
          "fe80::1",
          "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "fec0::",
          "feff::1",
          "ff00::",
          "ff02::1",
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "2606:4700::5efe:808:808",
          "2606:4700::200:5efe:7f00:1");

  private Disguises() {}

  /** First, middle and last of each closed IPv4 range. */
  static List<Long> closedIpv4() {
    Set<Long> all = new LinkedHashSet<>();
    for (String range : IPV4_RANGES) {
      long first = number(range.substring(0, range.indexOf('-')));
      long last = number(range.substring(range.indexOf('-') + 1));
      all.addAll(List.of(first, first + (last - first) / 2, last));
    }
    return List.copyOf(all);
  }

  /** Hosts of URLs, each a closed address. */
  public static List<String> hosts() {
    Set<String> all = new LinkedHashSet<>();
    closedIpv4().forEach(address -> all.addAll(writings(address)));
    IPV6.forEach(address -> all.addAll(writings6(address)));
    return List.copyOf(all);
  }

  /** Decimal to some, octal to others, and so another address. */
  static List<String> paddedHosts() {
    return closedIpv4().stream()
        .map(n -> "%03d.%03d.%03d.%03d".formatted(n >> 24, n >> 16 & 0xff, n >> 8 & 0xff, n & 0xff))
        .filter(host -> host.contains(".0") || host.startsWith("0"))
        .toList();
  }

  /** Only the canonical ones, which every parser reads alike. */
  static List<String> canonicalHosts() {
    List<String> all = new ArrayList<>(closedIpv4().stream().map(Disguises::dotted).toList());
    IPV6.forEach(address -> all.add("[" + address + "]"));
    return all;
  }

  private static List<String> writings(long n) {
    long a = n >> 24;
    long b = n >> 16 & 0xff;
    long c = n >> 8 & 0xff;
    long d = n & 0xff;
    String hex = "%x:%x".formatted(n >> 16, n & 0xffff);
    return List.of(
        dotted(n),
        dotted(n) + ".",
        "0%o.0%o.0%o.0%o".formatted(a, b, c, d),
        "0x%x.0x%x.0x%x.0x%x".formatted(a, b, c, d),
        "0X%X.%d.0%o.%d".formatted(a, b, c, d),
        "%d.%d.%d".formatted(a, b, n & 0xffff),
        "%d.%d".formatted(a, n & 0xffffff),
        "0x%x.%d".formatted(a, n & 0xffffff),
        "%d.0x%x".formatted(a, n & 0xffffff),
        "0%o.0%o".formatted(a, n & 0xffffff),
        "%d".formatted(n),
        "%d.".formatted(n),
        "0x%x".formatted(n),
        "0X%08X".formatted(n),
        "0%o".formatted(n),
        "00000%o".formatted(n),
        "[::ffff:" + dotted(n) + "]",
        "[::ffff:" + hex + "]",
        "[::FFFF:" + hex.toUpperCase(Locale.ROOT) + "]",
        "[0:0:0:0:0:ffff:" + hex + "]",
        "[0000:0000:0000:0000:0000:ffff:" + dotted(n) + "]",
        "[::" + dotted(n) + "]",
        "[::" + hex + "]",
        "[::ffff:0:" + dotted(n) + "]",
        "[2002:" + hex + "::]",
        "[2002:" + hex + "::1]",
        "[64:ff9b::" + dotted(n) + "]",
        "[64:ff9b::" + hex + "]",
        "[64:ff9b:1::" + hex + "]",
        "[2001:0:4136:e378:8000:63bf:%x:%x]".formatted(~n >> 16 & 0xffff, ~n & 0xffff),
        "[2606:4700::5efe:" + dotted(n) + "]",
        "[2606:4700::200:5efe:" + hex + "]");
  }

  private static List<String> writings6(String address) {
    String expanded = expanded(address);
    return List.of(
        "[" + address + "]",
        "[" + address.toUpperCase(Locale.ROOT) + "]",
        "[" + expanded + "]",
        "[" + expanded.toUpperCase(Locale.ROOT) + "]",
        "[" + address + "%1]",
        "[" + address + "%25lo]");
  }

  private static String expanded(String address) {
    byte[] bytes = address(address).getAddress();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 16; i += 2) {
      text.append(i == 0 ? "" : ":").append("%02x%02x".formatted(bytes[i], bytes[i + 1]));
    }
    return text.toString();
  }

  /** What a libc makes of a host: inet_aton's numbers, and IPv6 with a zone. */
  public static InetAddress asLibc(String host) throws UnknownHostException {
    if (host.indexOf(':') >= 0) {
      return InetAddress.getByName(host.replaceAll("%.*", ""));
    }
    String[] parts = host.replaceAll("\\.$", "").split("\\.", -1);
    long value = 0;
    for (int i = 0; i < parts.length; i++) {
      long part = part(parts[i], host);
      boolean last = i == parts.length - 1; // it fills what the others leave
      value = (value << (last ? 8 * (5 - parts.length) : 8)) + part;
    }
    return InetAddress.getByAddress(
        new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value});
  }

  private static long part(String text, String host) throws UnknownHostException {
    try {
      return Long.decode(text); // 0x hexadecimal, leading 0 octal
    } catch (NumberFormatException e) {
      throw new UnknownHostException(host);
    }
  }

  private static String dotted(long n) {
    return (n >> 24) + "." + (n >> 16 & 0xff) + "." + (n >> 8 & 0xff) + "." + (n & 0xff);
  }

  private static long number(String dotted) {
    long value = 0;
    for (byte part : address(dotted).getAddress()) {
      value = (value << 8) + (part & 0xff);
    }
    return value;
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
