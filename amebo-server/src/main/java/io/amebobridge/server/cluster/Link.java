package io.amebobridge.server.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of one thread's own, so that nobody else's work keeps it waiting; opened anew after
 * it failed. Confined to one thread.
 */
final class Link implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Link.class);

  /** Opens a connection whose statements end in bounded time, each by itself a transaction. */
  interface Sessions {
    Connection open() throws SQLException;
  }

  /** Something asked on it. */
  interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private final Sessions sessions;
  private final String purpose;
  private @Nullable Connection connection;
  private int failures;

  Link(Sessions sessions, String purpose) {
    this.sessions = sessions;
    this.purpose = purpose;
  }

  <T> T ask(Question<T> question) throws SQLException {
    try {
      Connection current = connection;
      if (current == null) {
        current = sessions.open();
        connection = current;
      }
      T answer = question.ask(current);
      if (failures > 0) {
        log.atInfo()
            .addKeyValue("connection", purpose)
            .addKeyValue("failures", failures)
            .log("The database answers again");
      }
      failures = 0;
      return answer;
    } catch (SQLException | RuntimeException e) {
      failed(e);
      throw e;
    }
  }

  private void failed(Exception cause) {
    failures++;
    if (failures == 1) {
      log.atWarn()
          .addKeyValue("connection", purpose)
          .setCause(cause)
          .log("The database does not answer; trying on");
    } else {
      log.atDebug()
          .addKeyValue("connection", purpose)
          .addKeyValue("failures", failures)
          .setCause(cause)
          .log("The database does not answer yet");
    }
    close();
  }

  @Override
  public void close() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      try {
        current.close();
      } catch (SQLException e) {
        log.atDebug()
            .addKeyValue("connection", purpose)
            .setCause(e)
            .log("Closing a connection failed");
      }
    }
  }
}
