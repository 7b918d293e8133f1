package io.amebobridge.server.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Decides which addresses webhooks may be sent to, on the address that is dialled. Immutable.
 *
 * <p>Public addresses are open. Loopback is open to a server that itself listens on loopback only.
 * Anything else opens by an allowed network alone.
 */
public final class AddressGuard {
  private static final List<Network> CLOSED =
      networks(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // carrier-grade NAT
          "127.0.0.0/8", // loopback
          "169.254.0.0/16", // link-local, cloud metadata
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4", // reserved, broadcast
          "::/96", // unspecified, loopback, IPv4-compatible
          "::ffff:0:0:0/96", // IPv4-translated
          "64:ff9b::/96", // NAT64
          "64:ff9b:1::/48", // local NAT64
          "100::/64", // discard
          "2001::/23", // protocol assignments, Teredo
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4
          "3fff::/20", // documentation
          "5f00::/16", // segment routing
          "fc00::/7", // unique local
          "fe80::/10", // link-local
          "fec0::/10", // site-local
          "ff00::/8"); // multicast

  private final boolean loopbackOpen;
  private final List<Network> allowed;

  /**
   * Makes a guard.
   *
   * @param loopbackOpen whether the server listens on loopback only
   * @param allowedNetworks CIDR blocks
   */
  public AddressGuard(boolean loopbackOpen, List<String> allowedNetworks) {
    this.loopbackOpen = loopbackOpen;
    this.allowed = allowedNetworks.stream().map(Network::parse).toList();
  }

  /** Whether the address may be dialled. */
  public boolean allows(InetAddress address) {
    // Java has already turned IPv4-mapped IPv6 addresses into IPv4 ones.
    byte[] bytes = address.getAddress();
    if (allowed.stream().anyMatch(network -> network.contains(bytes))) {
      return true;
    }
    if (address.isLoopbackAddress()) {
      return loopbackOpen;
    }
    return !isIsatap(bytes) && CLOSED.stream().noneMatch(network -> network.contains(bytes));
  }

  /** An interface identifier that carries an IPv4 address, below any prefix. */
  private static boolean isIsatap(byte[] address) {
    return address.length == 16
        && (address[8] & 0xfd) == 0
        && address[9] == 0
        && address[10] == 0x5e
        && (address[11] & 0xff) == 0xfe;
  }

  /** What to say when it may not. */
  public String refusal(String host, InetAddress address) {
    return "the receiver "
        + host
        + " is at "
        + address.getHostAddress()
        + ", an address that is not public; an operator can open it with an allowed network";
  }

  private static List<Network> networks(String... cidrs) {
    return java.util.Arrays.stream(cidrs).map(Network::parse).toList();
  }

  private record Network(byte[] address, int bits) {
    static Network parse(String cidr) {
      int slash = cidr.indexOf('/');
      String host = slash < 0 ? cidr : cidr.substring(0, slash);
      try {
        if (!host.matches("[0-9a-fA-F.:]+")) {
          throw new UnknownHostException(host); // a name would be looked up
        }
        byte[] address = InetAddress.getByName(host).getAddress();
        int bits = slash < 0 ? address.length * 8 : Integer.parseInt(cidr.substring(slash + 1));
        if (bits < 0 || bits > address.length * 8) {
          throw new NumberFormatException(cidr);
        }
        return new Network(address, bits);
      } catch (UnknownHostException | NumberFormatException e) {
        throw new IllegalArgumentException(
            "allowedNetworks: got "
                + cidr
                + ", allowed: CIDR blocks such as 10.0.0.0/8 or fd00::/8",
            e);
      }
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += 8) {
        int mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit)) & 0xff;
        if ((address[bit / 8] & mask) != (other[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
