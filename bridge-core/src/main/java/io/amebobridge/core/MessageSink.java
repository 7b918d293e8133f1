package io.amebobridge.core;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Writes messages to one place. {@link #send} may be called again while earlier stages are open.
 */
public interface MessageSink extends AutoCloseable {
  /** Connects and checks the credentials. */
  void open() throws SinkException, InterruptedException;

  /**
   * One result per message, in order (rules 9 to 11). The whole stage failing means none was
   * stored, or none is known to be. Never blocks; the stage may complete on any thread.
   */
  CompletionStage<List<SendResult>> send(List<Message> batch);

  @Override
  void close();
}
