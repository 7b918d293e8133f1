package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.amebobridge.core.SinkException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** Looks whether what is published to is there; declares nothing. */
final class Finding {
  private final LinkSettings settings;

  Finding(LinkSettings settings) {
    this.settings = settings;
  }

  /** Waits for the broker; throws where it is not there. */
  void exchange(Connection connection, String name) throws SinkException, InterruptedException {
    find(connection, "exchange " + name, channel -> channel.exchangeDeclarePassive(name));
  }

  /** Waits for the broker; throws where it is not there. How many messages are ready in it. */
  int queue(Connection connection, String name) throws SinkException, InterruptedException {
    return find(connection, "queue " + name, c -> c.queueDeclarePassive(name).getMessageCount());
  }

  private interface Look<T> {
    T at(Channel channel) throws IOException;
  }

  private <T> T find(Connection connection, String what, Look<T> look)
      throws SinkException, InterruptedException {
    try {
      return Background.call("find-" + settings.name(), () -> look(connection, look)).get();
    } catch (ExecutionException e) {
      throw new RabbitErrors(settings).ofFinding(what, e);
    }
  }

  private static <T> T look(Connection connection, Look<T> look) throws IOException {
    Channel channel = Channels.open(connection);
    try {
      return look.at(channel);
    } finally {
      Channels.abort(channel);
    }
  }
}
