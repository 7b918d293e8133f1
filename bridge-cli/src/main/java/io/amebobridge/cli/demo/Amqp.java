package io.amebobridge.cli.demo;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Connections of the demo's own to an AMQP 0-9-1 broker. */
final class Amqp {
  private static final int ANSWER_MILLIS = 10_000;

  private Amqp() {}

  /** What is wrong with this address, without it: it may have a password; null: nothing. */
  static @Nullable String problem(String uri) {
    try {
      URI parsed = new URI(uri);
      boolean amqp = "amqp".equals(parsed.getScheme()) || "amqps".equals(parsed.getScheme());
      if (amqp && parsed.getHost() != null) return null;
      return "is no address of a broker";
    } catch (URISyntaxException e) {
      return "is no address: " + e.getReason() + " at character " + (e.getIndex() + 1);
    }
  }

  /** Host, port and virtual host, without the login. */
  static String address(String uri) {
    URI parsed = URI.create(uri);
    int port = parsed.getPort() >= 0 ? parsed.getPort() : uri.startsWith("amqps:") ? 5671 : 5672;
    return parsed.getHost() + ":" + port + (parsed.getRawPath() == null ? "" : parsed.getRawPath());
  }

  /** Waits for the broker; what is lost is not opened again. */
  static Connection connect(String uri) throws IOException {
    try {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUri(uri);
      if (uri.startsWith("amqps:")) {
        factory.useSslProtocol(SSLContext.getDefault()); // else everybody is trusted
        factory.enableHostnameVerification();
      }
      factory.setAutomaticRecoveryEnabled(false);
      factory.setConnectionTimeout(ANSWER_MILLIS);
      factory.setChannelRpcTimeout(ANSWER_MILLIS);
      return factory.newConnection("amebo demo");
    } catch (URISyntaxException | GeneralSecurityException | TimeoutException e) {
      throw new IOException(e.toString(), e);
    }
  }

  /** What the broker says it is, such as {@code RabbitMQ 3.10.8}. */
  static String product(String uri) throws IOException {
    try (Connection connection = connect(uri)) {
      var server = connection.getServerProperties();
      return server.get("product") + " " + server.get("version");
    }
  }
}
