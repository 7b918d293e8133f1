package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import io.amebobridge.core.SendResult;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the broker's answers mean for a message (rule 6). Stateless. */
final class PublishOutcome {
  private static final Pattern TOO_LARGE =
      Pattern.compile("message size (\\d+) is larger than (?:configured )?max size (\\d+)");

  private PublishOutcome() {}

  /** Of a confirm; a return came before it. */
  static SendResult of(ConfirmChannel.Unconfirmed message, boolean stored) {
    if (message.returned != null) {
      return SendResult.rejected(
          "RabbitMQ returned it (%s): no queue takes what goes to %s; bind one"
              .formatted(message.returned, message.publication));
    }
    if (stored) return SendResult.accepted();
    return SendResult.unavailable(
        "RabbitMQ did not store what goes to "
            + message.publication
            + " (nack): a queue is full, or could not write",
        null);
  }

  static SendResult overdue(ConfirmChannel.Unconfirmed message, long millis) {
    return SendResult.unavailable(
        "RabbitMQ has not confirmed what goes to %s within %d ms"
            .formatted(message.publication, millis),
        null);
  }

  /**
   * Of a channel's end, which names no message: those that it can't be about are to be sent again.
   *
   * @param wasThere whether an exchange has been there before: if so, it may come again
   */
  static SendResult of(
      ConfirmChannel.Unconfirmed message,
      @Nullable ShutdownSignalException signal,
      String why,
      Predicate<String> wasThere) {
    SendResult again = SendResult.unavailable("RabbitMQ: " + why, null);
    if (signal == null || signal.isHardError()) return again;
    Publication p = message.publication;
    int code = RabbitErrors.code(signal);
    Limit limit = limit(why);
    if (limit != null && limit.got == p.body().length) {
      return SendResult.rejected(Publication.tooLarge(limit.got, limit.most));
    }
    boolean about = why.contains("exchange '" + shown(p.exchange()) + "' in vhost");
    if (!about) return again;
    if (code == AMQP.ACCESS_REFUSED) {
      return SendResult.denied("RabbitMQ does not allow publishing: " + why);
    }
    if (code != AMQP.NOT_FOUND) return again;
    return wasThere.test(p.exchange())
        ? SendResult.unavailable("RabbitMQ: " + why + " any more; create it again", null)
        : SendResult.denied(
            "RabbitMQ: " + why + "; create it, or correct the name (the bridge creates nothing)");
  }

  private static String shown(String exchange) {
    return exchange.isEmpty() ? "amq.default" : exchange;
  }

  /**
   * A body that was too large for the broker, and its limit.
   *
   * @param got bytes of the body
   * @param most bytes of any
   */
  record Limit(long got, long most) {}

  /** Null where the channel's end was about something else. */
  static @Nullable Limit limit(String why) {
    Matcher m = TOO_LARGE.matcher(why);
    return m.find() ? new Limit(Long.parseLong(m.group(1)), Long.parseLong(m.group(2))) : null;
  }
}
