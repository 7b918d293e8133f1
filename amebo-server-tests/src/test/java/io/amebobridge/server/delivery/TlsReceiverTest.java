package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.security.TrustedCertificates;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers over TLS, certified by an authority of our own. */
class TlsReceiverTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  @TempDir static Path dir;
  private static Certificates certificates;
  private static DeliverySettings trusting;
  private final Queue<String> namesAsked = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void make() throws Exception {
    certificates = Certificates.in(dir);
    trusting = DeliverySettings.defaults().withTrustedCertificates(certificates.authority(dir));
  }

  private RawReceiver receiver(String alias, String... protocols) throws Exception {
    SSLServerSocket socket =
        (SSLServerSocket)
            certificates
                .server(alias)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    SSLParameters parameters = socket.getSSLParameters();
    if (protocols.length > 0) {
      parameters.setProtocols(protocols);
    }
    parameters.setSNIMatchers(List.of(new Noting()));
    socket.setSSLParameters(parameters);
    return new RawReceiver(socket, c -> c.always(OK));
  }

  private final class Noting extends SNIMatcher {
    Noting() {
      super(0);
    }

    @Override
    public boolean matches(SNIServerName name) {
      namesAsked.add(new SNIHostName(name.getEncoded()).getAsciiName());
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aReceiverOfTheGivenAuthorityIsTrusted(String protocol) throws Exception {
    try (RawReceiver receiver = receiver("good", protocol);
        Calls calls = Calls.local(trusting)) {
      CallResult result = calls.call("receiver.test", receiver.port(), true);
      assertThat(result).isEqualTo(new CallResult(200, null, null, null));
      assertThat(namesAsked)
          .as("the name, though an address was dialled")
          .contains("receiver.test");
      assertThat(receiver.requests().get(0)).contains("host: receiver.test:" + receiver.port());
    }
  }

  @Test
  void anAddressCanBeCertifiedToo() throws Exception {
    try (RawReceiver receiver = receiver("good");
        Calls calls = Calls.local(trusting)) {
      assertThat(calls.call("127.0.0.1", receiver.port(), true).success()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "other-name,receiver.test",
    "good,wrong.test",
    "good,127.0.0.2",
    "expired,receiver.test",
    "strange,receiver.test",
    "strange-ca,receiver.test"
  })
  void whatIsNotCertifiedForItsNameGetsNothing(String alias, String host) throws Exception {
    try (RawReceiver receiver = receiver(alias);
        Calls calls = Calls.local(trusting)) {
      CallResult result = calls.call(host, receiver.port(), true);
      assertThat(result.status()).isNull();
      assertThat(result.error()).contains("the call failed");
      assertThat(result.endpointDown()).isTrue();
      assertThat(receiver.requests()).as("neither event nor signature").isEmpty();
    }
  }

  @Test
  void withoutTheSettingOurAuthorityIsUnknown() throws Exception {
    try (RawReceiver receiver = receiver("good");
        Calls calls = Calls.local(DeliverySettings.defaults())) {
      assertThat(calls.call("receiver.test", receiver.port(), true).success()).isFalse();
      assertThat(receiver.requests()).isEmpty();
    }
  }

  @Test
  void theGuardHoldsForTlsToo() throws Exception {
    try (RawReceiver receiver = receiver("good");
        Calls calls =
            new Calls(
                new AddressGuard(false, List.of()),
                host -> List.of(InetAddress.getAllByName("127.0.0.1")),
                trusting)) {
      assertThat(calls.call("receiver.test", receiver.port(), true).error()).contains("not public");
      assertThat(receiver.connections()).isZero();
    }
  }

  @Test
  void plainHttpOnATlsPortIsAFailure() throws Exception {
    try (RawReceiver plain = RawReceiver.of(c -> c.always(OK));
        Calls calls = Calls.local(trusting.withTimeout(java.time.Duration.ofSeconds(2)))) {
      assertThat(calls.call("receiver.test", plain.port(), true).success()).isFalse();
    }
  }

  @Test
  void theAuthoritiesOfJavaStayTrusted() throws Exception {
    X509TrustManager ours =
        (X509TrustManager) TrustedCertificates.beside(certificates.authority(dir));
    assertThat(ours.getAcceptedIssuers()).hasSizeGreaterThan(10);
    assertThat(ours.getAcceptedIssuers())
        .anySatisfy(
            issuer ->
                assertThat(issuer.getSubjectX500Principal().getName()).isEqualTo("CN=Our CA"));
  }

  @Test
  void aFileWithSeveralIsReadWhole() throws Exception {
    Path both =
        Files.writeString(
            dir.resolve("both.pem"), certificates.pem("strange-ca") + certificates.pem("ca"));
    try (RawReceiver one = receiver("good");
        RawReceiver two = receiver("strange");
        Calls calls = Calls.local(DeliverySettings.defaults().withTrustedCertificates(both))) {
      assertThat(calls.call("receiver.test", one.port(), true).success()).isTrue();
      assertThat(calls.call("receiver.test", two.port(), true).success()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not a certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
      })
  void aFileWithoutCertificatesIsRefusedAtTheStart(String content) throws Exception {
    Path bad = Files.writeString(dir.resolve("bad.pem"), content);
    assertThatThrownBy(() -> TrustedCertificates.beside(bad))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delivery.trustedCertificates: got " + bad);
    assertThatThrownBy(() -> TrustedCertificates.beside(dir.resolve("missing.pem")))
        .hasMessageContaining("missing.pem");
  }
}
