package io.amebobridge.aws;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a post: a message of a named topic, with SNS's signature, goes to the inbox; a
 * subscription is confirmed where that is wanted; anything else is refused. Thread-safe.
 */
final class ReceivePost {
  private static final String NOT_CONFIGURED = "its topic is not among those of the config";

  private final SnsSettings settings;
  private final VerifySignature verify;
  private final SigningCertificates ofOwn;
  private final SigningCertificates ofForeign;
  private final ConfirmTopic confirm;
  private final SnsInbox inbox;
  private final TopicTroubles troubles;
  private final InstantSource clock;

  /** Told when the inbox has it, so that the answer can be given up while the message is kept. */
  interface Held {
    void by(Pushed pushed);
  }

  /**
   * New.
   *
   * @param certificates of which two are made: one for other topics than the config's, whose
   *     messages are never taken, and which so can't keep those of its own waiting
   */
  ReceivePost(
      SnsSettings settings,
      Supplier<SigningCertificates> certificates,
      ConfirmTopic confirm,
      SnsInbox inbox,
      TopicTroubles troubles,
      InstantSource clock) {
    this.settings = settings;
    this.verify = new VerifySignature(settings.signatureVersions());
    this.ofOwn = certificates.get();
    this.ofForeign = certificates.get();
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
      TopicArn own = settings.topics().get(envelope.topicArn());
      TopicArn topic = own == null ? foreign(envelope) : own;
      verify.checkShape(envelope);
      checkAge(envelope);
      SigningCertificates certificates = own == null ? ofForeign : ofOwn;
      var unused =
          certificates
              .of(envelope, topic)
              .thenCompose(
                  certificate -> {
                    try {
                      verify.check(envelope, certificate);
                      certificates.check(certificate, topic);
                      certificates.proved(envelope);
                      verify.checkVersion(envelope);
                      if (own == null) throw notConfigured(topic);
                      return act(envelope, own, answer, held);
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

  /**
   * Not for good: SNS tries again, and so nothing is lost where the subscription is corrected. No
   * trouble of the topic: it has no signature, so anybody may have written it.
   */
  private RefusedPost raw(String rawTopic) {
    TopicArn topic = settings.topics().get(rawTopic);
    if (topic == null) return RefusedPost.forbidden(NOT_CONFIGURED);
    return RefusedPost.later(
        "raw delivery of topic %s has no signature; set the subscription's RawMessageDelivery to false"
            .formatted(topic));
  }

  /**
   * A topic that is not in the config, if a message of it could be SNS's: then somebody who can
   * read the log is to decide, and SNS keeps it meanwhile. Who asks to subscribe here is anybody.
   */
  private static TopicArn foreign(SnsEnvelope envelope) throws RefusedPost {
    TopicArn topic = TopicArn.parse(envelope.topicArn());
    if (topic == null || !topic.isInKnownRegion() || !envelope.type().equals("Notification")) {
      throw RefusedPost.forbidden(NOT_CONFIGURED);
    }
    return topic;
  }

  private RefusedPost notConfigured(TopicArn topic) {
    troubles.foreign(topic);
    return RefusedPost.later(NOT_CONFIGURED + ", though SNS has signed it");
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
    if (cause instanceof RefusedPost refused) {
      troubles.refused(refused);
      answer.give(refused.status(), String.valueOf(refused.getMessage()));
    } else {
      troubles.refused(RefusedPost.failed(cause));
      answer.give(500, "it could not be processed");
    }
  }
}
