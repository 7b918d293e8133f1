package io.amebobridge.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.PostgresProcess;
import io.amebobridge.client.Secret;
import io.amebobridge.server.Engine;
import io.amebobridge.server.ServerConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DsnTest {
  @Test
  void everyPartIsReadAndDecoded() {
    Dsn.Postgres dsn =
        (Dsn.Postgres)
            Dsn.parse(
                "postgresql://us%40er:p%3A%2F%3F%25+w@db1:6000,[::1]/my%20db?sslmode=require&connectTimeout=3");
    assertThat(dsn.hosts()).containsExactly(new Dsn.Host("db1", 6000), new Dsn.Host("::1", 5432));
    assertThat(dsn.database()).isEqualTo("my db");
    assertThat(dsn.user()).isEqualTo("us@er");
    assertThat(dsn.password()).isEqualTo(Secret.of("p:/?%+w"));
    assertThat(dsn.options())
        .containsExactlyInAnyOrderEntriesOf(Map.of("sslmode", "require", "connectTimeout", "3"));
    assertThat(dsn.toString()).isEqualTo("postgresql://us@er@db1:6000,[::1]:5432/my db");
    assertThat(Dsn.parse("postgres://h/d?user=u&password=p"))
        .hasToString("postgresql://u@h:5432/d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://u:hunter2@h/d",
        "postgresql://u:hunter2@h",
        "postgresql://u:hun@ter2@h/d",
        "postgresql://u:hunter2/@h/d",
        "postgresql://u:hunter2%zz@h/d",
        "postgresql://u:hunter2@h:99999/d",
        "postgresql://u:hunter2@h/d?sslmod=require",
        "postgresql://h/d?password=hunter2",
        "postgresql:u:hunter2@h/d?password=hunter2",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:///:memory:",
        "sqlite://host/a.db",
        "sqlite:a.db?mode=ro"
      })
  void whatIsWrongIsRefusedWithoutThePassword(String dsn) {
    assertThatThrownBy(() -> ServerConfig.of(dsn))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dsn: got ")
        .hasMessageContaining("allowed: ")
        .hasMessageNotContainingAny("hunter2", "ter2");
  }

  @Test
  void aConfigurationDoesNotShowItsPassword() {
    assertThat(ServerConfig.of("postgresql://u:hunter2@h/d").toString())
        .contains("h/d")
        .doesNotContain("hunter2");
  }

  @Test
  void whatCannotBeOpenedSaysWhyAndWhatToDo() throws Exception {
    String good = Engine.POSTGRES.dsn(Path.of("."));
    String endpoint = PostgresProcess.shared().endpoint();
    assertRefused(good.replace(endpoint, "no-such-host.invalid:5432"), "the host is unknown");
    assertRefused(
        good.replace(endpoint, "127.0.0.1:" + FreePorts.next()), "does not answer", "start it");
    assertRefused(
        good.replaceFirst(":[^:@]*@", ":wrong-passphrase@"), "the user or the password is wrong");
    assertRefused(
        good.replaceFirst(":[^:@]*@", "@"),
        "the server asks for a password, and the dsn has none",
        "<user>:<password>@");
    assertRefused(good + "-gone", "there is no such database", "CREATE DATABASE");
    PostgresProcess.shared().createDatabase("readonly");
    try (Connection session = PostgresProcess.shared().connect("readonly")) {
      session
          .createStatement()
          .execute("ALTER DATABASE readonly SET default_transaction_read_only = on");
      session
          .createStatement()
          .execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    }
    assertRefused(good.replaceFirst("/[^/]*$", "/readonly"), "can only be read");
    assertRefused(good.replaceFirst("/[^/]*$", "/latin"), "its encoding is LATIN1");
  }

  private static void assertRefused(String dsn, String... says) {
    assertThatThrownBy(() -> Store.database(Dsn.parse(dsn), WriterTimeouts.DEFAULT))
        .isInstanceOf(StoreException.Failed.class)
        .message()
        .contains("cannot open postgresql://" + PostgresProcess.USER + "@")
        .contains(says)
        .doesNotContain(PostgresProcess.PASSWORD, "wrong-passphrase", "%40");
  }
}
