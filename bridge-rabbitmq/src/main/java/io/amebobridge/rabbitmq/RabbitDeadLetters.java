package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.DeadLetterConnector;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.SourceException;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterCopies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies of dead letters in a queue of the user's. Thread-safe once open. */
final class RabbitDeadLetters implements DeadLetterCopies {
  private static final Logger LOG = LoggerFactory.getLogger(RabbitDeadLetters.class);

  private final LetterSettings settings;
  private final LetterPublication publications;
  private final Publisher publisher;

  private RabbitDeadLetters(LetterSettings settings) {
    this.settings = settings;
    publications = new LetterPublication(settings);
    publisher = new Publisher(settings.link(), settings.confirmTimeout());
  }

  /** What {@code deadLetters:} says. */
  record Factory(LetterSettings settings) implements DeadLetterConnector.CopiesFactory {
    @Override
    public DeadLetterCopies open() throws SinkException, InterruptedException {
      RabbitDeadLetters made = new RabbitDeadLetters(settings);
      made.open();
      return made;
    }

    @Override
    public List<String> inspect() throws SinkException, InterruptedException {
      Link link = new Link(settings.link(), connection -> {}, () -> {});
      try {
        return look(settings, link.open());
      } catch (SourceException e) {
        throw Publisher.sinkException(e);
      } finally {
        link.abort();
      }
    }
  }

  private void open() throws SinkException, InterruptedException {
    try {
      publisher.open(
          connection -> {
            look(settings, connection);
            publisher.seen(settings.exchange());
          });
    } catch (SinkException e) {
      if (!e.temporary()) throw e;
      LOG.warn("copies of dead letters wait: {}", e.getMessage());
      publisher.start();
    }
  }

  private static List<String> look(LetterSettings settings, Connection connection)
      throws SinkException, InterruptedException {
    List<String> facts = new ArrayList<>();
    Finding finding = new Finding(settings.link());
    String host = connection.getAddress().getHostName() + ":" + connection.getPort();
    String at = " at " + host + ", virtual host " + settings.link().virtualHost();
    if (settings.exchange().isEmpty()) {
      int messages = finding.queue(connection, settings.routingKey());
      facts.add("copies go to " + settings.target() + at + ": " + messages + " messages ready");
    } else {
      finding.exchange(connection, settings.exchange());
      facts.add("copies go to " + settings.target() + at);
      facts.add("that a queue is bound there shows with the first copy: a broker does not tell");
    }
    return facts;
  }

  @Override
  public CompletableFuture<?> send(DeadLetter letter) {
    Publication whole = publications.of(letter);
    if (whole.body().length > publisher.maxBytes()) return sendWithoutBody(letter);
    return publish(whole)
        .thenCompose(
            result -> {
              // the broker has only now told its limit
              boolean tooLarge = whole.body().length > publisher.maxBytes();
              if (result.outcome() == Outcome.REJECTED && tooLarge) return sendWithoutBody(letter);
              return outcome(result);
            });
  }

  private CompletableFuture<Void> sendWithoutBody(DeadLetter letter) {
    return publish(publications.withoutBody(letter)).thenCompose(this::outcome);
  }

  private CompletableFuture<SendResult> publish(Publication publication) {
    return publisher
        .publish(List.of(Outgoing.of(null, publication)))
        .thenApply(results -> results.get(0));
  }

  private CompletableFuture<Void> outcome(SendResult result) {
    if (result.outcome() == Outcome.ACCEPTED) return CompletableFuture.completedFuture(null);
    String why = LetterSettings.PLACE + ": " + settings.target() + ": " + result.detail();
    return CompletableFuture.failedFuture(new IOException(why));
  }

  @Override
  public void close() {
    publisher.close();
  }

  @Override
  public String toString() {
    return settings.target() + " at " + settings.link().address();
  }
}
