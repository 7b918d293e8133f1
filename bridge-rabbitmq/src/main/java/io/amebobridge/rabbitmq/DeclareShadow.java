package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Declares what a shadow needs; removes nothing, ever. Waits for the broker. Stateless. */
final class DeclareShadow {
  private static final Logger LOG = LoggerFactory.getLogger(DeclareShadow.class);

  private DeclareShadow() {}

  /** That the queue is no longer there, and the config does not say to go on without its copies. */
  static final class Gone extends IOException {
    private static final long serialVersionUID = 1L;

    Gone(String message) {
      super(message);
    }
  }

  /** What is missing of it. */
  static void missing(Connection connection, String source, ShadowPlan plan) throws IOException {
    ShadowSettings shadow = plan.shadow();
    if (plan.queue() == ShadowPlan.State.MISSING) {
      queue(connection, source, shadow.queue(), shadow.arguments());
    }
    bind(connection, source, shadow, plan.toBind());
    // last, so that where it is there and the shadow is not, somebody has deleted that
    String dropped = shadow.dropped();
    if (dropped != null && plan.dropped() == ShadowPlan.State.MISSING) {
      queue(connection, source, dropped, shadow.droppedArguments());
    }
  }

  private static void queue(
      Connection connection, String source, String queue, Map<String, Object> arguments)
      throws IOException {
    Channel channel = Channels.open(connection);
    try {
      channel.queueDeclare(queue, true, false, false, arguments);
      LOG.info("{}: declared queue {}, durable, {}", source, queue, arguments);
    } catch (IOException e) {
      throw denied(e);
    } finally {
      Channels.abort(channel);
    }
  }

  /** One that is there already stays as it is. */
  static void bind(
      Connection connection, String source, ShadowSettings shadow, List<ShadowBinding> bindings)
      throws IOException {
    if (bindings.isEmpty()) return;
    Channel channel = Channels.open(connection);
    try {
      for (ShadowBinding b : bindings) {
        channel.queueBind(shadow.queue(), b.exchange(), b.routingKey(), b.arguments());
        LOG.debug("{}: bound queue {} to {}", source, shadow.queue(), b);
      }
    } catch (IOException e) {
      throw denied(e);
    } finally {
      Channels.abort(channel);
    }
  }

  /** Before each start to consume: that the queue has not been deleted meanwhile. */
  static void ensure(Connection connection, RabbitSettings settings, ShadowSettings shadow)
      throws IOException {
    if (Probe.passive(connection, shadow.queue()).isThere()) return;
    String what =
        "is gone: what was in it and what was published since was not copied to the bridge";
    if (!shadow.continueAfterLoss()) {
      throw new Gone(
          what
              + "; look for who deleted it, then set "
              + settings.place()
              + ".shadow.lostMessages: continue, by which it is declared again");
    }
    LOG.error("{}: queue {} {}; it is declared again", settings.name(), shadow.queue(), what);
    queue(connection, settings.name(), shadow.queue(), shadow.arguments());
    bind(connection, settings.name(), shadow, shadow.bindings());
    String dropped = shadow.dropped();
    if (dropped != null && !Probe.passive(connection, dropped).isThere()) {
      queue(connection, settings.name(), dropped, shadow.droppedArguments());
    }
  }

  /** A lack of permission by its own name. */
  private static IOException denied(IOException failure) {
    try {
      Probe.refusal(failure, 0);
      return failure;
    } catch (IOException known) {
      return known;
    }
  }
}
