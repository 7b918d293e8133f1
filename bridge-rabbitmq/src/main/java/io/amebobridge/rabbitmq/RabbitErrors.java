package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import io.amebobridge.core.Causes;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says what RabbitMQ's errors mean here: the place, the remedy, and whether time may help. */
final class RabbitErrors {
  private final LinkSettings settings;
  private final boolean ofCopies;

  RabbitErrors(RabbitSettings settings) {
    this(settings.link(), settings.shadow() != null);
  }

  RabbitErrors(LinkSettings settings) {
    this(settings, false);
  }

  private RabbitErrors(LinkSettings settings, boolean ofCopies) {
    this.settings = settings;
    this.ofCopies = ofCopies;
  }

  /** The broker's own words, or else the client's. */
  static String reason(@Nullable ShutdownSignalException signal) {
    if (signal == null) return "the channel is closed";
    Method method = signal.getReason();
    if (method instanceof AMQP.Channel.Close close) return close.getReplyText();
    if (method instanceof AMQP.Connection.Close close) return close.getReplyText();
    Throwable cause = signal.getCause();
    return cause == null ? "the connection is lost" : "the connection is lost: " + cause;
  }

  private static @Nullable ShutdownSignalException signalOf(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ShutdownSignalException signal) return signal;
    }
    return null;
  }

  static int code(ShutdownSignalException signal) {
    Method method = signal.getReason();
    if (method instanceof AMQP.Channel.Close close) return close.getReplyCode();
    if (method instanceof AMQP.Connection.Close close) return close.getReplyCode();
    return 0;
  }

  /** Of connecting. */
  SourceException ofConnecting(Throwable failure) {
    Throwable cause = Causes.unwrap(failure);
    String at = settings.place() + ": RabbitMQ at " + settings.address() + " ";
    if (cause instanceof AuthenticationFailureException
        || cause instanceof PossibleAuthenticationFailureException) {
      return SourceException.permanent(
          at + "refused the login; correct user and password in " + settings.place() + ".rabbitmq",
          cause);
    }
    if (isTls(cause)) {
      return SourceException.permanent(
          at
              + "failed the TLS handshake: "
              + cause.getMessage()
              + "; correct the ssl.* options under "
              + settings.place()
              + ".rabbitmq",
          cause);
    }
    if (cause instanceof IllegalArgumentException || cause instanceof IllegalStateException) {
      return SourceException.permanent(
          settings.place()
              + ".rabbitmq: RabbitMQ's client refuses these options: "
              + detail(cause)
              + "; correct them",
          cause);
    }
    ShutdownSignalException signal = signalOf(cause);
    if (signal != null && isRefusal(signal)) {
      return SourceException.permanent(at + "refused: " + reason(signal), cause);
    }
    return SourceException.temporary(
        at
            + "does not answer ("
            + (signal == null ? cause : reason(signal))
            + "); start it, or correct "
            + settings.place()
            + ".rabbitmq.uri",
        cause);
  }

  private static String detail(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
  }

  private static boolean isTls(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof GeneralSecurityException) return true;
      boolean handshake = t instanceof SSLException && !(t.getCause() instanceof IOException);
      if (handshake) return true;
    }
    return false;
  }

  /** A virtual host that is down comes back; one that is unknown or forbidden does not. */
  private static boolean isRefusal(ShutdownSignalException signal) {
    boolean down = reason(signal).contains("is down");
    return !down && (code(signal) == AMQP.NOT_ALLOWED || code(signal) == AMQP.ACCESS_REFUSED);
  }

  /**
   * Of starting to consume.
   *
   * @param before whether the queue was there already: if so, it may come again
   */
  SourceException ofConsuming(String queue, Throwable failure, boolean before) {
    Throwable cause = Causes.unwrap(failure);
    ShutdownSignalException signal = signalOf(cause);
    String at = "%s: queue %s at %s ".formatted(settings.place(), queue, settings.address());
    if (cause instanceof DeclareShadow.Gone) {
      return SourceException.permanent(at + cause.getMessage(), cause);
    }
    if (cause instanceof Consuming.OtherType) {
      return SourceException.permanent(
          at + cause.getMessage() + "; start the bridge again to read what it is now", cause);
    }
    if (cause instanceof StreamPin.NoSuchStart) {
      return SourceException.permanent(
          at
              + "can't be read from where "
              + settings.place()
              + ".start says: "
              + cause.getMessage(),
          cause);
    }
    if (signal == null) return SourceException.temporary(at + "can't be read: " + cause, cause);
    String said = reason(signal);
    int code = code(signal);
    boolean inUse = said.contains("in exclusive use");
    if (code == AMQP.ACCESS_REFUSED && inUse) {
      return SourceException.temporary(
          at + "is read by a consumer that wants it for itself; stop that one: " + said, cause);
    }
    if (code == AMQP.ACCESS_REFUSED || code == AMQP.RESOURCE_LOCKED || code == AMQP.NOT_ALLOWED) {
      return SourceException.permanent(at + "may not be read: " + said, cause);
    }
    boolean homeIsDown = said.contains("is down or inaccessible");
    if (code == AMQP.NOT_FOUND && !homeIsDown && !before) {
      return SourceException.permanent(
          at + "is not there; create it, or correct the name (the bridge creates nothing)", cause);
    }
    boolean uncopied = homeIsDown && ofCopies;
    String loss = uncopied ? "; what is published meanwhile is not copied to it" : "";
    return SourceException.temporary(at + "can't be read: " + said + loss, cause);
  }

  /**
   * Of looking for what is to be published to.
   *
   * @param what such as {@code queue letters}
   */
  SinkException ofFinding(String what, Throwable failure) {
    Throwable cause = Causes.unwrap(failure);
    ShutdownSignalException signal = signalOf(cause);
    String at = "%s: %s at %s ".formatted(settings.place(), what, settings.address());
    if (signal == null) return SinkException.temporary(at + "can't be found: " + cause, cause);
    String said = reason(signal);
    int code = code(signal);
    if (code == AMQP.NOT_FOUND && !said.contains("is down or inaccessible")) {
      return SinkException.permanent(
          at + "is not there; create it, or correct the name (the bridge creates nothing)", cause);
    }
    if (code == AMQP.ACCESS_REFUSED || code == AMQP.NOT_ALLOWED) {
      return SinkException.permanent(at + "may not be looked at: " + said, cause);
    }
    return SinkException.temporary(at + "can't be found: " + said, cause);
  }
}
