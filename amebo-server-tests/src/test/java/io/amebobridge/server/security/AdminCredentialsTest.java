package io.amebobridge.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.amebobridge.client.Secret;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AdminCredentialsTest {
  private static final LogWriter.Listener NOBODY =
      new LogWriter.Listener() {
        @Override
        public void committed(int events, long head, Duration took) {}

        @Override
        public void failed() {}
      };
  private static final Secret PASSWORD = Secret.of("correct horse battery");

  @TempDir Path dir;

  @Test
  void aDatabaseThatFailsAtTheStartIsAskedAgain() {
    try (Store store = open()) {
      AdminCredentials admin = new AdminCredentials(store, "admin", PASSWORD);
      sql(store, "ALTER TABLE credentials RENAME TO away");
      admin.prepare();
      assertThatThrownBy(() -> admin.accepts("admin", PASSWORD))
          .hasMessageContaining("credentials");
      sql(store, "ALTER TABLE away RENAME TO credentials");
      assertThat(admin.accepts("admin", PASSWORD)).isTrue();
      assertThat(admin.accepts("other", PASSWORD)).isFalse();
      assertThat(admin.accepts("admin", Secret.of("wrong"))).isFalse();
      assertThat(admin.accepts("admin", Secret.of("x".repeat(73)))).isFalse();
    }
  }

  @Test
  void anotherPasswordAtTheNextStartReplacesTheOld() {
    try (Store store = open()) {
      assertThat(new AdminCredentials(store, "admin", PASSWORD).accepts("admin", PASSWORD))
          .isTrue();
      String first = hash(store);
      new AdminCredentials(store, "admin", PASSWORD).prepare();
      assertThat(hash(store)).isEqualTo(first).startsWith("$2a$").doesNotContain(PASSWORD.reveal());
      Secret other = Secret.of("another password");
      AdminCredentials changed = new AdminCredentials(store, "admin", other);
      assertThat(changed.accepts("admin", PASSWORD)).isFalse();
      assertThat(changed.accepts("admin", other)).isTrue();
      assertThat(hash(store)).isNotEqualTo(first);
    }
  }

  @Test
  void aServerThatStopsRightAfterItsStartDoesNotWarn() {
    Logger logger = (Logger) LoggerFactory.getLogger(AdminCredentials.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      Store store = open();
      AdminCredentials admin = new AdminCredentials(store, "admin", PASSWORD);
      store.close();
      admin.prepare();
      assertThat(said.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
    } finally {
      logger.detachAppender(said);
    }
  }

  private static String hash(Store store) {
    return store
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT password_hash FROM credentials")
                    .mapTo(String.class)
                    .one());
  }

  private Store open() {
    LogWriter.Limits limits = new LogWriter.Limits(500, 1000, 1 << 20);
    return Store.open(dir.resolve("a.db"), limits, InstantSource.system(), NOBODY);
  }

  private static void sql(Store store, String statement) {
    store.writer().apply(session -> session.prepare(statement).executeUpdate()).join();
  }
}
