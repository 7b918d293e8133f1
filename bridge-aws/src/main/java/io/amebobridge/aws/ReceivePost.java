package io.amebobridge.aws;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a post: a message of a named topic, with SNS's signature, goes to the inbox; a
 * subscription is confirmed where that is wanted; anything else is refused. Thread-safe.
 */
final class ReceivePost {
  private final SnsSettings settings;
  private final VerifySignature verify;
  private final SigningCertificates certificates;
  private final ConfirmTopic confirm;
  private final SnsInbox inbox;
  private final TopicTroubles troubles;
  private final InstantSource clock;

  /** Told when the inbox has it, so that the answer can be given up while the message is kept. */
  interface Held {
    void by(Pushed pushed);
  }

  ReceivePost(
      SnsSettings settings,
      SigningCertificates certificates,
      ConfirmTopic confirm,
      SnsInbox inbox,
      TopicTroubles troubles,
      InstantSource clock) {
    this.settings = settings;
    this.verify = new VerifySignature(settings.signatureVersions());
    this.certificates = certificates;
    this.confirm = confirm;
    this.inbox = inbox;
    this.troubles = troubles;
    this.clock = clock;
  }

  /**
   * Takes it or refuses it.
   *
   * @param rawTopic the topic that a header names, where another says that delivery is raw
   * @param answer given now or later, by any thread
   */
  void receive(byte[] body, @Nullable String rawTopic, Pushed.Answer answer, Held held) {
    try {
      if (rawTopic != null) throw raw(rawTopic);
      SnsEnvelope envelope = SnsEnvelope.parse(body);
      if (envelope == null) throw RefusedPost.malformed("it is not a message of SNS");
      TopicArn topic = settings.topics().get(envelope.topicArn());
      if (topic == null) throw RefusedPost.forbidden("its topic is not among those of the config");
      verify.checkShape(envelope);
      checkAge(envelope);
      var unused =
          certificates
              .of(envelope, topic)
              .thenCompose(
                  certificate -> {
                    try {
                      verify.check(envelope, certificate);
                      return act(envelope, topic, answer, held);
                    } catch (RefusedPost e) {
                      return CompletableFuture.failedFuture(e);
                    }
                  })
              .whenComplete(
                  (done, failure) -> {
                    if (failure != null) refuse(failure, answer);
                  });
    } catch (RefusedPost e) {
      refuse(e, answer);
    }
  }

  /** Not for good: SNS tries again, and so nothing is lost where the subscription is corrected. */
  private RefusedPost raw(String rawTopic) {
    TopicArn topic = settings.topics().get(rawTopic);
    if (topic == null) return RefusedPost.forbidden("its topic is not among those of the config");
    String why =
        "raw delivery has no signature; set the subscription's RawMessageDelivery to false";
    troubles.of(topic, why);
    return RefusedPost.later(why);
  }

  private void checkAge(SnsEnvelope envelope) throws RefusedPost {
    if (settings.maxAge() == null) return;
    if (EnvelopeMessage.timestamp(envelope).isBefore(clock.instant().minus(settings.maxAge()))) {
      throw RefusedPost.forbidden("it is older than maxAge (" + settings.maxAge() + ")");
    }
  }

  private CompletableFuture<@Nullable Void> act(
      SnsEnvelope envelope, TopicArn topic, Pushed.Answer answer, Held held) throws RefusedPost {
    switch (envelope.type()) {
      case "Notification" -> {
        troubles.over(topic);
        Pushed pushed = inbox.add(EnvelopeMessage.of(settings.name(), envelope, topic), answer);
        if (pushed != null) held.by(pushed);
        return CompletableFuture.completedFuture(null);
      }
      case "SubscriptionConfirmation" -> {
        if (!settings.confirm()) {
          troubles.of(
              topic,
              "a subscription waits for its confirmation; set confirm: true and request it again");
          answer.give(200, "not confirmed: the config does not want it");
          return CompletableFuture.completedFuture(null);
        }
        return confirm
            .confirm(envelope, topic)
            .thenAccept(
                done -> {
                  troubles.over(topic);
                  answer.give(200, "confirmed");
                });
      }
      default -> {
        troubles.of(
            topic,
            "its subscription was ended, and nothing comes of it any more; if that was a mistake,"
                + " subscribe again");
        answer.give(200, "noted");
        return CompletableFuture.completedFuture(null);
      }
    }
  }

  private void refuse(Throwable failure, Pushed.Answer answer) {
    Throwable cause = failure;
    while (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    int status = cause instanceof RefusedPost r ? r.status() : 500;
    String why = cause instanceof RefusedPost ? String.valueOf(cause.getMessage()) : "" + cause;
    troubles.refused(status, why);
    answer.give(status, cause instanceof RefusedPost ? why : "it could not be processed");
  }
}
