package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A proxy would look names up again, and dial what it likes. */
class ProxyTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  @Test
  void theEnvironmentsProxyIsNotUsed() throws Exception {
    try (RawReceiver proxy = RawReceiver.of(c -> c.always(OK));
        RawReceiver receiver = RawReceiver.of(c -> c.always(OK))) {
      String port = String.valueOf(proxy.port());
      ProcessBuilder builder =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-XX:TieredStopAtLevel=1",
                      "-Dhttp.proxyHost=127.0.0.1",
                      "-Dhttp.proxyPort=" + port,
                      "-Dhttp.nonProxyHosts=",
                      "-DsocksProxyHost=127.0.0.1",
                      "-DsocksProxyPort=" + port,
                      "-Djava.net.useSystemProxies=true",
                      "-cp",
                      System.getProperty("java.class.path"),
                      DirectCall.class.getName(),
                      String.valueOf(receiver.port())))
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      for (String name : List.of("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")) {
        builder.environment().put(name, "http://127.0.0.1:" + port);
      }
      builder.environment().put("NO_PROXY", "");
      Process process = builder.start();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(said).contains("CallResult[status=200, error=null");
      assertThat(receiver.requests()).hasSize(1);
      assertThat(proxy.connections()).isZero();
    }
  }
}
