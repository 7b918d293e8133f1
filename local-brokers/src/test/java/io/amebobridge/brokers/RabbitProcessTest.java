package io.amebobridge.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RabbitProcessTest {
  private static final String QUEUE = "kept";

  @Test
  void keepsItsAddressAndItsDataOverKill9StopAndPause(@TempDir Path dir) throws Exception {
    assumeTrue(
        RabbitProcess.isInstalled() || System.getenv("CI") != null, "RabbitMQ is not installed");
    try (RabbitProcess rabbit = RabbitProcess.in(dir)) {
      rabbit.start();
      String address = rabbit.endpoint();
      RabbitVirtualHost host = rabbit.newVirtualHost();
      publish(host);
      // a queue's name is on disk only a moment after its declaration, also of a classic one
      rabbit.control("eval", "mnesia:sync_log().");
      rabbit.kill9();
      assertThat(rabbit.isRunning()).isFalse();
      assertThatThrownBy(() -> connect(host.uri())).isInstanceOf(ConnectException.class);
      rabbit.start();
      assertThat(rabbit.endpoint()).isEqualTo(address);
      assertThat(kept(host.uri())).isEqualTo(1);

      rabbit.pause();
      var answer = CompletableFuture.supplyAsync(() -> kept(host.uri()));
      assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      rabbit.resume();
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(1);

      onlyWithThePassword(host);
      byTls(rabbit, host);
      try (Relay relay = rabbit.relay()) {
        assertThat(kept(host.uriAt(relay.endpoint()))).isEqualTo(1);
      }
      try (Socket stream = new Socket(InetAddress.getLoopbackAddress(), rabbit.streamPort())) {
        assertThat(stream.isConnected()).isTrue();
      }
      assertThat(rabbit.control("list_queues", "-p", host.name(), "name")).contains(QUEUE);

      rabbit.stop();
      rabbit.start();
      assertThat(kept(host.uri())).isEqualTo(1);
      host.delete();
      assertThatThrownBy(() -> connect(host.uri())).isInstanceOf(IOException.class);
    }
  }

  private static Connection connect(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection();
  }

  private static void publish(RabbitVirtualHost host) throws Exception {
    try (Connection connection = connect(host.uri());
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(QUEUE, true, false, false, Map.of());
      channel.confirmSelect();
      byte[] body = "body".getBytes(StandardCharsets.UTF_8);
      channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, body);
      channel.waitForConfirmsOrDie(10_000);
    }
  }

  private static long kept(String uri) {
    try (Connection connection = connect(uri);
        Channel channel = connection.createChannel()) {
      return channel.messageCount(QUEUE);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void onlyWithThePassword(RabbitVirtualHost host) {
    assertThatThrownBy(() -> connect(host.uri().replace(host.password(), "wrong")))
        .isInstanceOf(AuthenticationFailureException.class);
    assertThat(host.toString()).doesNotContain(host.password());
  }

  private static void byTls(RabbitProcess rabbit, RabbitVirtualHost host) throws Exception {
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(rabbit.trustStore())) {
      certificates.load(in, rabbit.trustStorePassword().toCharArray());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(certificates);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(host.tlsUri());
    factory.useSslProtocol(context);
    factory.enableHostnameVerification();
    factory.setAutomaticRecoveryEnabled(false);
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      assertThat(channel.messageCount(QUEUE)).isEqualTo(1);
    }
  }
}
