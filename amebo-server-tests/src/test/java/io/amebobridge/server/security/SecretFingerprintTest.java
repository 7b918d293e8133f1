package io.amebobridge.server.security;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.client.Secret;
import io.amebobridge.server.Engine;
import io.amebobridge.server.OnEveryDatabase;
import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEveryDatabase
class SecretFingerprintTest {
  private static final LogWriter.Listener NOBODY =
      new LogWriter.Listener() {
        @Override
        public void committed(int events, long head, Duration took) {}

        @Override
        public void failed() {}
      };

  @Parameter Engine engine;
  @TempDir Path dir;

  @Test
  void ofTwoThatStartTogetherTheFirstDecides() {
    LogWriter.Limits limits = new LogWriter.Limits(500, 1000, 1 << 20);
    try (Store store =
        Store.open(Dsn.parse(engine.migratedDsn(dir)), limits, InstantSource.system(), NOBODY)) {
      SecretFingerprint first = new SecretFingerprint(store, Secret.of("the-first-one-0001"));
      SecretFingerprint second = new SecretFingerprint(store, Secret.of("the-other-one-0002"));
      assertThatCode(first::check).as("nothing there yet").doesNotThrowAnyException();
      assertThatCode(second::check).as("nothing there yet").doesNotThrowAnyException();
      first.keep();
      assertThatThrownBy(second::keep)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("AMEBO_SECRET is not the one")
          .hasMessageNotContaining("0002");
      assertThatThrownBy(second::check).isInstanceOf(IllegalArgumentException.class);
      assertThatCode(first::keep).doesNotThrowAnyException();
    }
  }
}
