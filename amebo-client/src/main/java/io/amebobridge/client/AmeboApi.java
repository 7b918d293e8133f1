package io.amebobridge.client;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What one can do with an Amebo server, wherever it runs: the HTTP client implements it remotely,
 * the embedded server in-process.
 *
 * <p>Thread-safe. Stages fail with an {@link AmeboException}; they may complete on a thread of the
 * implementation, so dependents must not block. The blocking calls throw it.
 */
public interface AmeboApi extends AutoCloseable {
  /** What stands at the other end; asked once and remembered after the first success. */
  ServerStatus status() throws InterruptedException;

  /**
   * Fails with {@link AmeboException.Denied} where the credentials are wrong, as far as this can be
   * known without publishing; in-process there are none.
   */
  default void checkCredentials() throws InterruptedException {}

  /** Publishes one event. Schema violations and unknown actions are results, not failures. */
  CompletionStage<PublishResult> publish(NewEvent event);

  /**
   * Publishes a batch in one transaction: one result per event, in order; or the stage fails and
   * nothing was stored (unless it fails with {@link AmeboException.OutcomeUnknown}). Only our own
   * server has this; an upstream one fails it with {@link AmeboException.Refused}.
   */
  CompletionStage<List<PublishResult>> publishBatch(List<NewEvent> events);

  /** Registers an application; a second time with the same secret is no error. */
  void register(ApplicationSpec application) throws InterruptedException;

  /** Registers an action; a second time with the same schema is no error, another schema is. */
  void register(ActionSpec action) throws InterruptedException;

  /**
   * Registers a subscription; a second time for the same application, action and handler is no
   * error.
   */
  void register(SubscriptionSpec subscription) throws InterruptedException;

  List<StoredEvent> events(EventQuery query) throws InterruptedException;

  @Override
  void close();
}
