package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SinkException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Publishes messages as persistent and mandatory, each confirmed before the next of its lane goes
 * out. Accepted means that all queues it was routed to have it. What no queue takes is rejected; a
 * nack, an alarm, a lost connection or a confirm that does not come are unavailable; a refused
 * login or permission, and an exchange that was never there, are denied. RabbitMQ recognises no
 * repeats: consumers tell them by the message-id.
 *
 * <p>{@link #send} from any thread; open and close from one.
 */
final class RabbitSink implements MessageSink {
  private final RabbitSinkSettings settings;
  private final MessagePublication publications;
  private final Publisher publisher;

  RabbitSink(RabbitSinkSettings settings) {
    this.settings = settings;
    publications = new MessagePublication(settings);
    publisher = new Publisher(settings.link(), settings.confirmTimeout());
  }

  @Override
  public void open() throws SinkException, InterruptedException {
    publisher.open(this::check);
  }

  private void check(Connection connection) throws SinkException, InterruptedException {
    String exchange = settings.exchange().always();
    String key = settings.routingKey().always();
    Finding finding = new Finding(settings.link());
    if (exchange == null) return;
    if (!exchange.isEmpty()) {
      finding.exchange(connection, exchange);
      publisher.seen(exchange);
    } else if (key != null) {
      int unused = finding.queue(connection, key);
    }
  }

  @Override
  public CompletionStage<List<SendResult>> send(List<Message> batch) {
    return publisher.publish(batch.stream().map(publications::of).toList());
  }

  @Override
  public void close() {
    publisher.close();
  }

  /** Without the options, some of which are secret. */
  @Override
  public String toString() {
    return "RabbitSink[" + settings.link() + "]";
  }
}
