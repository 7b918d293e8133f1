package io.amebobridge.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final AddressGuard onLoopback = new AddressGuard(true, List.of());
  private final AddressGuard onNetwork = new AddressGuard(false, List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "2002:a00:1::",
        "64:ff9b::a00:1",
        "2001:0:1::1",
        "2001:db8::1",
        "fec0::1"
      })
  void whatIsNotPublicIsClosedToBoth(String address) throws Exception {
    assertThat(onLoopback.allows(InetAddress.getByName(address))).isFalse();
    assertThat(onNetwork.allows(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
  void loopbackIsOpenToAServerOnLoopback(String address) throws Exception {
    assertThat(onLoopback.allows(InetAddress.getByName(address))).isTrue();
    assertThat(onNetwork.allows(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:4700:4700::1111"})
  void thePublicInternetIsOpen(String address) throws Exception {
    assertThat(onNetwork.allows(InetAddress.getByName(address))).isTrue();
  }

  @Test
  void anAllowedNetworkOpensItselfAlone() throws Exception {
    AddressGuard guard = new AddressGuard(false, List.of("10.8.0.0/13", "fd00::/8"));
    assertThat(guard.allows(InetAddress.getByName("10.15.255.255"))).isTrue();
    assertThat(guard.allows(InetAddress.getByName("10.16.0.0"))).isFalse();
    assertThat(guard.allows(InetAddress.getByName("10.7.255.255"))).isFalse();
    assertThat(guard.allows(InetAddress.getByName("fd12::1"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "localhost/8", "10.0.0.0/x", "10.0.0.0/-1", ""})
  void aBadNetworkIsRefused(String cidr) {
    assertThatThrownBy(() -> new AddressGuard(false, List.of(cidr)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allowedNetworks: got " + cidr);
  }
}
