package io.amebobridge.aws;

import io.amebobridge.aws.SqsLetter.Extent;
import io.amebobridge.core.DeadLetterConnector;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterCopies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Copies of dead letters in a queue of the user's, as {@link SqsLetter} says. To a FIFO queue the
 * message group is the source's name. Thread-safe once open.
 */
final class SqsDeadLetters implements DeadLetterCopies {
  private static final Logger LOG = LoggerFactory.getLogger(SqsDeadLetters.class);

  private final SqsLetterSettings settings;
  private final BatchPublisher publisher;

  private SqsDeadLetters(SqsLetterSettings settings, BatchPublisher publisher) {
    this.settings = settings;
    this.publisher = publisher;
  }

  /** What {@code deadLetters:} says. */
  record Factory(SqsLetterSettings settings) implements DeadLetterConnector.CopiesFactory {
    @Override
    public DeadLetterCopies open() throws SinkException {
      BatchPublisher publisher = BatchPublisher.sqs(settings.sending());
      try {
        publisher.look(settings.queue());
      } catch (SinkException e) {
        if (!e.temporary()) {
          publisher.close();
          throw e;
        }
        LOG.warn("copies of dead letters wait: {}", e.getMessage());
      }
      return new SqsDeadLetters(settings, publisher);
    }

    @Override
    public List<String> inspect() throws SinkException {
      try (BatchPublisher publisher = BatchPublisher.sqs(settings.sending())) {
        publisher.look(settings.queue());
        return facts(settings, ((SqsTarget) publisher.target(settings.queue())).find());
      }
    }
  }

  private static List<String> facts(SqsLetterSettings settings, SqsQueue queue) {
    Map<QueueAttributeName, String> attributes = queue.attributes();
    List<String> facts = new ArrayList<>();
    String waiting = attributes.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES);
    String kept = attributes.get(QueueAttributeName.MESSAGE_RETENTION_PERIOD);
    facts.add(
        "copies go to queue %s at %s%s%s"
            .formatted(
                queue.name(),
                settings.access(),
                waiting == null ? "" : ": about " + waiting + " messages ready",
                kept == null ? "" : ", kept for " + Long.parseLong(kept) / 3600 + " h"));
    facts.add("that the bridge may send there shows with the first copy: SQS does not tell");
    return facts;
  }

  @Override
  public CompletableFuture<?> send(DeadLetter letter) {
    return send(letter, Extent.WHOLE);
  }

  /** Else with less of it: the queue's limit may be unseen, or lower than it was. */
  private CompletableFuture<Void> send(DeadLetter letter, Extent extent) {
    SqsTarget target = (SqsTarget) publisher.target(settings.queue());
    SendEntry entry = SqsLetter.of(letter, settings.queue(), extent);
    Extent less = extent.less();
    if (less != null && entry.size() > target.maxBytes()) return send(letter, less);
    return publish(entry)
        .thenCompose(
            result -> {
              if (result.outcome() != Outcome.REJECTED) return outcome(result);
              return less == null ? refused(letter, result) : send(letter, less);
            });
  }

  private static CompletableFuture<Void> refused(DeadLetter letter, SendResult result) {
    return failed(
        "SQS refuses even the smallest copy of dead letter %s of %s, which waits until one is taken: "
                .formatted(letter.message().id(), letter.message().origin().where())
            + result.detail()
            + "; raise the queue's MaximumMessageSize, or name another queue");
  }

  private CompletableFuture<SendResult> publish(SendEntry entry) {
    return publisher
        .send(List.of(new BatchPublisher.Candidate(entry, null)))
        .thenApply(results -> results.get(0));
  }

  private static CompletableFuture<Void> outcome(SendResult result) {
    if (result.outcome() == Outcome.ACCEPTED) return CompletableFuture.completedFuture(null);
    return failed(String.valueOf(result.detail()));
  }

  private static CompletableFuture<Void> failed(String why) {
    return CompletableFuture.failedFuture(new IOException(SqsLetterSettings.PLACE + ": " + why));
  }

  @Override
  public void close() {
    publisher.close();
  }

  @Override
  public String toString() {
    return "queue " + settings.queue() + " at " + settings.access();
  }
}
