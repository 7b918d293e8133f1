package io.amebobridge.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiverUrlTest {
  private static final AddressGuard GUARD = new AddressGuard(false, List.of());

  static List<String> hosts() {
    return Disguises.hosts();
  }

  static List<String> canonicalHosts() {
    return Disguises.canonicalHosts();
  }

  @Test
  void thereAreManyDisguises() {
    assertThat(Disguises.hosts()).hasSizeGreaterThan(1500);
    assertThat(Disguises.hosts())
        .contains(
            "2130706433",
            "0x7f000001",
            "017700000001",
            "127.1",
            "0x7f.1",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[2002:7f00:1::]",
            "[64:ff9b::7f00:1]",
            "169.254.169.254",
            "[fd00:ec2::254]");
  }

  /** Either the URL is refused, or it is read as an address that the guard refuses. */
  @ParameterizedTest
  @MethodSource("hosts")
  void aDisguiseOfAClosedAddressIsRefused(String host) {
    for (String url : List.of("http://" + host + "/", "https://" + host + ":8443/hook?x=1")) {
      ReceiverUrl read;
      try {
        read = ReceiverUrl.parse(url);
      } catch (IllegalArgumentException refused) {
        continue;
      }
      InetAddress address =
          read.literal().orElseThrow(() -> new AssertionError(host + " is taken for a name"));
      assertThat(GUARD.allows(address)).as(address.toString()).isFalse();
    }
  }

  /** The same at the dial, should a host ever come that far: on the address, however written. */
  @ParameterizedTest
  @MethodSource("hosts")
  void whatALibcMakesOfItIsRefused(String host) throws Exception {
    String bare = host.replaceAll("[\\[\\]]", "");
    assertThat(GUARD.allows(Disguises.asLibc(bare))).isFalse();
  }

  /** These must be refused for the address, not for the way it is written. */
  @ParameterizedTest
  @MethodSource("canonicalHosts")
  void aClosedAddressIsRefusedForWhatItIs(String host) {
    InetAddress address = ReceiverUrl.parse("http://" + host + "/").literal().orElseThrow();
    assertThat(GUARD.allows(address)).isFalse();
  }

  @Test
  void anAddressThatIsReadInTwoWaysIsRefused() {
    assertThat(Disguises.paddedHosts()).hasSizeGreaterThan(25);
    for (String host : Disguises.paddedHosts()) {
      assertThatThrownBy(() -> ReceiverUrl.parse("http://" + host + "/"))
          .as(host)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://public.example@127.0.0.1/",
        "http://public.example:80@127.0.0.1/",
        "http://127.0.0.1@public.example/",
        "http://127.0.0.1:80@public.example/",
        "http://@127.0.0.1/",
        "http://127.0.0.1#@public.example/",
        "http://public.example#@127.0.0.1/",
        "http://public.example\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http:/127.0.0.1/",
        "http:127.0.0.1/",
        "http:///127.0.0.1/",
        "//127.0.0.1/",
        "127.0.0.1/",
        "http://",
        "http:///",
        "http://:80/",
        "http://%31%32%37.0.0.1/",
        "http://127%2e0%2e0%2e1/",
        "http://127.0.0.1%00.public.example/",
        "http://127.0.0.1%0d%0a.public.example/",
        "http://127.0.0.1%20/",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://127．0．0．1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://١٢٧.٠.٠.١/",
        "http://ⓛocalhost/",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://loc\u00adalhost/",
        "http://пример.рф/",
        "http://bücher.example/",
        "http://127.0.0.1 /",
        " http://127.0.0.1/",
        "http://127.0.0.1\t/",
        "http://public.example\r\nHost: 127.0.0.1/",
        "http://127.0.0.1;public.example/",
        "http://127.0.0.1,public.example/",
        "http://[::1/",
        "http://::1/",
        "http://[::1]:x/",
        "http://[::1]public.example/",
        "http://[127.0.0.1]/",
        "http://[::1%25eth0]/",
        "http://[v1.127.0.0.1]/",
        "http://[]/",
        "http://1.2.3.4.5/",
        "http://1.2.3/",
        "http://256.1.1.1/",
        "http://1.1.1.01/",
        "http://public.example.1/",
        "http://public.example.0x7f/",
        "http://0/",
        "http://0x/",
        "http://public_name.example/",
        "http://public.example:0/",
        "http://public.example:65536/",
        "http://public.example:-1/",
        "http://public.example:8_0/",
        "ftp://public.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "jar:http://127.0.0.1/x!/",
        "javascript:alert(1)",
        "unix:/var/run/docker.sock",
        "",
      })
  void aTrickIsRefused(String url) {
    assertThatThrownBy(() -> ReceiverUrl.parse(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "a.b.LocalHost.",
        "127.0.0.1",
        "[::1]"
      })
  void localhostIsLoopbackByName(String host) {
    InetAddress address = ReceiverUrl.parse("http://" + host + "/").literal().orElseThrow();
    assertThat(GUARD.allows(address)).isFalse();
    assertThat(new AddressGuard(true, List.of()).allows(address)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.com/hook?a=b,false,example.com,80,/hook?a=b",
    "HTTPS://Example.COM,true,Example.COM,443,/",
    "https://example.com.:8443/x,true,example.com.,8443,/x",
    "http://xn--e1afmkfd.xn--p1ai/,false,xn--e1afmkfd.xn--p1ai,80,/",
    "http://1a.example.com/,false,1a.example.com,80,/",
    "http://123.example.com/,false,123.example.com,80,/",
    "http://127.0.0.1.example.com/,false,127.0.0.1.example.com,80,/",
    "http://localhost.example.com/,false,localhost.example.com,80,/",
    "http://receiver/,false,receiver,80,/",
    "http://a-b.example/%20x/../y,false,a-b.example,80,/%20x/../y",
  })
  void aNameIsRead(String url, boolean tls, String host, int port, String path) {
    ReceiverUrl read = ReceiverUrl.parse(url);
    assertThat(read).isEqualTo(new ReceiverUrl(tls, host, port, path));
    assertThat(read.literal()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "[2606:4700:4700::1111]",
        "[2001:200::]",
        "[2001:4860:4860::8888]",
        "[2003::1]",
        "[2a00:1450:4001:82f::200e]",
        "[::ffff:1.1.1.1]",
        "[64:ff9a::1]",
        "[2606:4700::5eff:7f00:1]",
      })
  void aPublicAddressIsAdmitted(String host) {
    InetAddress address = ReceiverUrl.parse("https://" + host + "/").literal().orElseThrow();
    assertThat(GUARD.allows(address)).isTrue();
  }
}
