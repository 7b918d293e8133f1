package io.amebobridge.kafka;

import io.amebobridge.core.Causes;
import io.amebobridge.core.SourceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Says what Kafka's errors mean here: the place, the remedy, and whether trying again may help. */
final class KafkaErrors {
  private final KafkaSettings settings;

  KafkaErrors(KafkaSettings settings) {
    this.settings = settings;
  }

  /** Of a future that is done; null: it succeeded. */
  static @Nullable Throwable failureOf(CompletableFuture<?> done) {
    try {
      done.join();
      return null;
    } catch (CompletionException e) {
      return Causes.unwrap(e);
    }
  }

  /** A client that could not be made: a name that does not resolve may later, the rest stays. */
  SourceException ofConstruction(KafkaException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) cause = cause.getCause();
    boolean unresolved = String.valueOf(cause.getMessage()).contains("No resolvable bootstrap");
    String what =
        "%s.kafka: Kafka's client refuses these options: %s"
            .formatted(settings.place(), cause.getMessage());
    if (!unresolved) return permanent(what + "; correct them", failure);
    return SourceException.temporary(
        "%s: no address is known for Kafka at %s; %s"
            .formatted(settings.place(), settings.bootstrap(), remedy()),
        failure);
  }

  SourceException of(String doing, Throwable failure) {
    Throwable cause = rootOf(Causes.unwrap(failure));
    String at = settings.place() + ": Kafka at " + settings.bootstrap() + " ";
    if (cause instanceof SslAuthenticationException) {
      return permanent(at + "failed the TLS handshake; correct the ssl.* options", cause);
    }
    if (cause instanceof AuthenticationException) {
      return permanent(
          at
              + "refused the login: "
              + cause.getMessage()
              + "; correct sasl.mechanism and sasl.jaas.config under "
              + settings.place()
              + ".kafka",
          cause);
    }
    if (cause instanceof TopicAuthorizationException topics) {
      return permanent(
          at
              + "does not allow reading the topics "
              + topics.unauthorizedTopics()
              + "; grant READ and DESCRIBE on them",
          cause);
    }
    if (cause instanceof GroupAuthorizationException) {
      return permanent(
          at + "does not allow the group " + settings.group() + "; grant READ on it", cause);
    }
    if (cause instanceof AuthorizationException) {
      return permanent(at + "does not allow " + doing + ": " + cause.getMessage(), cause);
    }
    if (cause instanceof FencedInstanceIdException) {
      return permanent(
          at + "knows another member with this group.instance.id; give each bridge its own", cause);
    }
    if (cause instanceof InvalidTopicException || cause instanceof UnsupportedVersionException) {
      return permanent(at + "can't be used for " + doing + ": " + cause.getMessage(), cause);
    }
    if (cause instanceof TimeoutException
        || cause instanceof org.apache.kafka.common.errors.TimeoutException
        || cause instanceof RetriableException) {
      return SourceException.temporary(
          at + "does not answer; " + remedy() + " (" + doing + ")", cause);
    }
    return SourceException.temporary(at + "failed " + doing + ": " + cause, cause);
  }

  private String remedy() {
    return "start it, or correct "
        + settings.place()
        + ".kafka.bootstrap.servers; a listener with TLS or SASL also wants security.protocol";
  }

  /** Kafka wraps what went wrong in a constructor. */
  private static Throwable rootOf(Throwable failure) {
    Throwable cause = failure.getCause();
    boolean wrapped = failure.getClass() == KafkaException.class && cause instanceof KafkaException;
    return wrapped ? rootOf(cause) : failure;
  }

  private static SourceException permanent(String message, Throwable cause) {
    return SourceException.permanent(message, cause);
  }
}
