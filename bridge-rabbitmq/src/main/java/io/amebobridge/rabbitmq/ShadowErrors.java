package io.amebobridge.rabbitmq;

import com.rabbitmq.client.ShutdownSignalException;
import io.amebobridge.core.Causes;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/** Refusals of a shadow, with what to do about them. */
final class ShadowErrors {
  private final RabbitSettings settings;
  private final ShadowSettings shadow;

  ShadowErrors(RabbitSettings settings, ShadowSettings shadow) {
    this.settings = settings;
    this.shadow = shadow;
  }

  private String place() {
    return settings.place() + ".shadow";
  }

  SourceException exchangeMissing(String exchange) {
    return SourceException.permanent(
        place()
            + ".bindings: there is no exchange "
            + exchange
            + " in virtual host "
            + settings.virtualHost()
            + "; correct the name (the bridge declares no exchanges)",
        null);
  }

  SourceException refused(String exchange, String why) {
    return SourceException.permanent(place() + ".bindings: exchange " + exchange + " " + why, null);
  }

  SourceException typeUnknown(String exchange, Probe.Forbidden why) {
    return SourceException.permanent(
        place()
            + ".bindings: the type of exchange "
            + exchange
            + " can't be found out by AMQP, as user "
            + ClientOptions.user(settings.link().client())
            + " may not configure it ("
            + why.getMessage()
            + "); add management: {uri: http://host:15672} to "
            + settings.place()
            + ", whose user needs no more than the tag management",
        why);
  }

  SourceException differs(String queue, String how) {
    return SourceException.permanent(
        place()
            + ": queue "
            + queue
            + " is there and differs: "
            + how
            + "; the bridge changes no queue: correct the config, name another queue, or delete"
            + " this one by hand once it is empty",
        null);
  }

  SourceException foreignConsumers(List<String> who) {
    return SourceException.permanent(
        place()
            + ": queue "
            + shadow.queue()
            + " has consumers that are not this bridge's, which take copies from it: "
            + who
            + "; stop them, or name another queue",
        null);
  }

  SourceException policy(String name, String what) {
    return SourceException.permanent(
        place()
            + ": policy "
            + name
            + " applies to queue "
            + shadow.queue()
            + " and sets "
            + what
            + "; narrow its pattern, or name a queue that it does not match",
        null);
  }

  SourceException lost(String what, String remedy) {
    return SourceException.permanent(
        place() + ": " + what + "; " + remedy + ", or set " + place() + ".lostMessages: continue",
        null);
  }

  /** Whatever went wrong on the way. */
  SourceException of(Throwable failure) {
    Throwable cause = Causes.unwrap(failure);
    if (cause instanceof SourceException known) return known;
    if (cause instanceof Probe.Forbidden denied) return denied(denied);
    boolean refusedByBroker =
        cause instanceof IOException && cause.getCause() instanceof ShutdownSignalException;
    if (refusedByBroker) {
      ShutdownSignalException signal = (ShutdownSignalException) cause.getCause();
      String said = RabbitErrors.reason(signal);
      boolean gone = signal.isHardError() || said.contains("is down or inaccessible");
      String text = place() + ": queue " + shadow.queue() + ": " + said;
      return gone ? SourceException.temporary(text, cause) : SourceException.permanent(text, cause);
    }
    return SourceException.temporary(place() + ": the broker did not answer: " + cause, cause);
  }

  private SourceException denied(Probe.Forbidden why) {
    String user = ClientOptions.user(settings.link().client());
    return SourceException.permanent(
        place()
            + ": user "
            + user
            + " may not do what a shadow needs ("
            + why.getMessage()
            + "); grant it, beside what the user has: rabbitmqctl set_permissions -p "
            + settings.virtualHost()
            + " "
            + user
            + permissions()
            + "; or declare by hand what amebo check shows",
        why);
  }

  /** Configure, write and read, as patterns. */
  private String permissions() {
    String dropped = shadow.dropped();
    String queues = regex(shadow.queue()) + (dropped == null ? "" : "|" + regex(dropped));
    // dead letters go to the queue of evidence by the default exchange
    String write = dropped == null ? queues : queues + "|amq\\.default";
    TreeSet<String> exchanges = new TreeSet<>();
    for (ShadowBinding b : shadow.bindings()) exchanges.add(regex(b.exchange()));
    return " \"^(%s)$\" \"^(%s)$\" \"^(%s|%s)$\""
        .formatted(queues, write, queues, String.join("|", exchanges));
  }

  private static String regex(String name) {
    return name.replaceAll("[^\\w-]", "\\\\$0");
  }
}
