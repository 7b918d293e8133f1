package io.amebobridge.server.store;

import java.time.Duration;

/** What events need to be there. */
final class Registrations {
  static final LogWriter.Listener NOBODY =
      new LogWriter.Listener() {
        @Override
        public void committed(int events, long head, Duration took) {}

        @Override
        public void failed() {}
      };

  private Registrations() {}

  /** Application 1 and its actions 1 and 2. */
  static void make(Store store) {
    make(store.writer());
  }

  static void make(LogWriter writer) {
    writer
        .apply(
            session -> {
              var application =
                  session.prepare(
                      "INSERT INTO applications (id, application, address, secret, timestamped)"
                          + " VALUES (1, 'a', 'http://a', ?, 0)");
              application.setBytes(1, new byte[1]);
              application.executeUpdate();
              return session
                  .prepare(
                      "INSERT INTO actions (id, action, application_id, schemata, timestamped)"
                          + " VALUES (1, 'x', 1, '{}', 0), (2, 'y', 1, '{}', 0)")
                  .executeUpdate();
            })
        .join();
  }
}
