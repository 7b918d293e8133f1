package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out by AMQP what AMQP has no question for: by a declaration that the broker must refuse.
 * Each has an argument of a wrong kind, which the broker looks at only before it would create
 * something, and there it refuses; what is there already it compares first, and says how it
 * differs. So nothing is ever created, also where the thing is deleted meanwhile. Waits for the
 * broker. Stateless.
 */
final class Probe {
  /** A name with a dash has quotes of its own. */
  private static final Pattern CURRENT = Pattern.compile("current is '+([^']*)'");

  private Probe() {}

  /** That the user may not declare what is asked about, so that there is no answer. */
  static final class Forbidden extends IOException {
    private static final long serialVersionUID = 1L;

    Forbidden(String said, Throwable cause) {
      super(said, cause);
    }
  }

  /**
   * What is there by a queue's name.
   *
   * @param difference how it differs from what would be declared; empty: not at all
   */
  record Found(boolean isThere, String difference, long ready, int consumers) {}

  /**
   * The type of an exchange; empty where there is none.
   *
   * @throws Forbidden where the user may not configure it
   */
  static Optional<String> exchangeType(Connection connection, String exchange) throws IOException {
    return isThere(connection, exchange) ? typeOf(connection, exchange) : Optional.empty();
  }

  /** The probe itself; empty where there is no such exchange. */
  static Optional<String> typeOf(Connection connection, String exchange) throws IOException {
    Channel channel = Channels.open(connection);
    try {
      Map<String, Object> wrong = Map.of("alternate-exchange", 0);
      channel.exchangeDeclare(exchange, "headers", true, false, false, wrong);
      return Optional.of("headers");
    } catch (IOException e) {
      String said = refusal(e, AMQP.PRECONDITION_FAILED);
      Matcher current = CURRENT.matcher(said);
      if (said.contains("inequivalent arg 'type'") && current.find()) {
        return Optional.of(current.group(1));
      }
      if (said.contains("inequivalent arg")) return Optional.of("headers");
      return Optional.empty(); // it would have been created: it is gone by now
    } finally {
      Channels.abort(channel);
    }
  }

  /** Whether there is such an exchange; needs no permission. */
  static boolean isThere(Connection connection, String exchange) throws IOException {
    Channel channel = Channels.open(connection);
    try {
      channel.exchangeDeclarePassive(exchange);
      return true;
    } catch (IOException e) {
      refusal(e, AMQP.NOT_FOUND);
      return false;
    } finally {
      Channels.abort(channel);
    }
  }

  /**
   * Compares a durable queue with these arguments to what is there.
   *
   * @throws Forbidden where the user may not configure it
   */
  static Found queue(Connection connection, String queue, Map<String, Object> arguments)
      throws IOException {
    Found found = passive(connection, queue);
    if (!found.isThere()) return found;
    Optional<String> difference = differenceOf(connection, queue, arguments);
    return difference.isEmpty()
        ? new Found(false, "", 0, 0) // deleted meanwhile
        : new Found(true, difference.get(), found.ready(), found.consumers());
  }

  /** The probe itself: how what is there differs; empty where there is no such queue. */
  static Optional<String> differenceOf(
      Connection connection, String queue, Map<String, Object> arguments) throws IOException {
    Channel channel = Channels.open(connection);
    try {
      Map<String, Object> wrong = new HashMap<>(arguments);
      wrong.put("x-max-age", "never"); // a stream's, so that no other queue is compared by it
      channel.queueDeclare(queue, true, false, false, wrong);
      return Optional.of("");
    } catch (IOException e) {
      String said = refusal(e, AMQP.PRECONDITION_FAILED);
      return said.contains("inequivalent arg") ? Optional.of(said) : Optional.empty();
    } finally {
      Channels.abort(channel);
    }
  }

  /** Whether there is such a queue, and what it holds; needs no permission. */
  static Found passive(Connection connection, String queue) throws IOException {
    Channel channel = Channels.open(connection);
    try {
      AMQP.Queue.DeclareOk ok = channel.queueDeclarePassive(queue);
      return new Found(true, "", ok.getMessageCount(), ok.getConsumerCount());
    } catch (IOException e) {
      if (refusal(e, AMQP.NOT_FOUND).contains("is down or inaccessible")) throw e;
      return new Found(false, "", 0, 0);
    } finally {
      Channels.abort(channel);
    }
  }

  /** The broker's words, where it refused with this code; anything else is thrown. */
  static String refusal(IOException failure, int code) throws IOException {
    if (!(failure.getCause() instanceof ShutdownSignalException signal)) throw failure;
    String said = RabbitErrors.reason(signal);
    int was = RabbitErrors.code(signal);
    if (was == AMQP.ACCESS_REFUSED) throw new Forbidden(said, failure);
    if (was != code) throw failure;
    return said;
  }
}
