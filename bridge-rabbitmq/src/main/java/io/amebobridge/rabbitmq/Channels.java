package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;

/** Opens channels and ends them. Waits for the broker. Stateless. */
final class Channels {
  private Channels() {}

  static Channel open(Connection connection) throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) throw new IOException("the connection has no channel left");
    return channel;
  }

  /** Unless it has ended by itself. */
  static void abort(Channel channel) throws IOException {
    if (channel.isOpen()) channel.abort();
  }
}
