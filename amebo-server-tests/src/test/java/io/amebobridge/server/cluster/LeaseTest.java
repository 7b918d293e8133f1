package io.amebobridge.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.PostgresProcess;
import io.amebobridge.brokers.Relay;
import io.amebobridge.server.Engine;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.Fenced;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.RecordDeliveries;
import io.amebobridge.server.store.Store;
import io.amebobridge.server.store.StoreException;
import io.amebobridge.server.store.UnchangedRow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Numbers are those of the package's contract. */
class LeaseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ClusterSettings SHORT =
      new ClusterSettings(
          Duration.ofSeconds(2),
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          Duration.ofMillis(20),
          Duration.ofSeconds(2));
  private static final ClusterSettings LONG =
      new ClusterSettings(
          Duration.ofMinutes(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofMillis(20),
          Duration.ofSeconds(2));

  private static final LogWriter.Listener NOBODY =
      new LogWriter.Listener() {
        @Override
        public void committed(int events, long head, Duration took) {}

        @Override
        public void failed() {}
      };

  private String database = "";
  private Store store;

  @BeforeEach
  void open() throws Exception {
    String dsn = Engine.POSTGRES.migratedDsn(Path.of(""));
    database = dsn.substring(dsn.lastIndexOf('/') + 1);
    store =
        Store.open(
            Dsn.parse(dsn),
            new LogWriter.Limits(100, 1000, 1 << 20),
            InstantSource.system(),
            NOBODY);
    run("INSERT INTO applications VALUES (1, 'a', 'http://a', '', 0)");
    run(
        "INSERT INTO subscriptions (id, application_id, action, handler, max_retries, envelope,"
            + " passphrase, cursor, reached, timestamped)"
            + " VALUES (1, 1, '*', '/', 3, false, false, 0, 0, 0)");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void contract1AResultIsWrittenOnlyUnderTheTokenItWasBegunWith() throws Exception {
    try (Heartbeat first = heartbeat(LONG);
        Heartbeat second = heartbeat(LONG)) {
      Lease old = take(first);
      assertThat(write(old, row(1, DeliveryRow.State.RETRYING), 0)).isZero();
      assertThat(store.writer().apply(LeaseChanges.take(second.instance(), List.of(1L))).join())
          .as("it is held")
          .isEmpty();
      run("UPDATE instances SET expires_at = 'epoch' WHERE id = '" + first.instance() + "'");
      Lease fresh = take(second);
      assertThat(fresh.token()).isEqualTo(old.token() + 1);
      assertThat(write(fresh, row(1, DeliveryRow.State.DELIVERED), 5)).isEqualTo(5);
      assertThatThrownBy(() -> write(old, row(1, DeliveryRow.State.RETRYING), 9))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(StoreException.LeaseLost.class)
          .hasMessageContaining("subscription 1 is driven by another server");
      assertThat(text("SELECT state FROM deliveries")).isEqualTo("delivered");
      assertThat(text("SELECT cursor FROM subscriptions")).isEqualTo("5");
    }
  }

  @Test
  void contract1WhatWasGivenBackIsNotTheGiversAnyMore() throws Exception {
    try (Heartbeat first = heartbeat(LONG)) {
      Lease old = take(first);
      assertThat(store.writer().apply(LeaseChanges.giveBack(old)).join()).isEqualTo(1);
      assertThatThrownBy(() -> write(old, row(1, DeliveryRow.State.DELIVERED), 9))
          .hasCauseInstanceOf(StoreException.LeaseLost.class);
      Lease again = take(first);
      assertThat(store.writer().apply(LeaseChanges.giveBack(old)).join())
          .as("an old lease gives back nothing")
          .isZero();
      assertThat(write(again, row(1, DeliveryRow.State.DELIVERED), 9)).isEqualTo(9);
    }
  }

  @Test
  void contract2ARenewalThatIsUnderWayIsWaitedFor() throws Exception {
    try (Heartbeat first = heartbeat(LONG);
        Heartbeat second = heartbeat(LONG);
        Connection renewing = PostgresProcess.shared().connect(database);
        Statement renewal = renewing.createStatement()) {
      Lease held = take(first);
      String late = "UPDATE instances SET expires_at = %s WHERE id = '" + held.holder() + "'";
      renewing.setAutoCommit(false);
      run(late.formatted("clock_timestamp() + interval '1 second'"));
      renewal.execute(late.formatted("clock_timestamp() + interval '1 hour'"));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  text("SELECT expires_at <= clock_timestamp() FROM instances WHERE id = '"
                          + held.holder()
                          + "'")
                      .equals("t"));
      CompletableFuture<Map<Long, Long>> taken =
          store.writer().apply(LeaseChanges.take(second.instance(), List.of(1L)));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                          + " AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM instances%'")
                      .equals("1"));
      renewing.commit();
      assertThat(taken.join()).as("it was renewed in time").isEmpty();
      assertThat(write(held, row(1, DeliveryRow.State.DELIVERED), 9)).isEqualTo(9);
    }
  }

  @Test
  void oneThatHasExpiredTakesNothing() throws Exception {
    try (Heartbeat first = heartbeat(LONG)) {
      run("DELETE FROM instances");
      assertThat(store.writer().apply(LeaseChanges.take(first.instance(), List.of(1L))).join())
          .isEmpty();
    }
  }

  @Test
  void contract2NobodyIsSureWhoHasExpired() throws Exception {
    PostgresProcess server = PostgresProcess.shared();
    try (Relay relay =
            new Relay(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        Store cut =
            Store.open(
                Dsn.parse(PostgresProcess.dsn(database, relay.endpoint())),
                new LogWriter.Limits(100, 1000, 1 << 20),
                InstantSource.system(),
                NOBODY);
        Heartbeat heartbeat =
            new Heartbeat(SHORT, "", () -> cut.session(SHORT.timeToLive()), () -> {})) {
      String instance = heartbeat.instance();
      relay.stall(true);
      await().atMost(PATIENCE).until(() -> !sureThoughExpired(heartbeat, instance));
      assertThat(heartbeat.isSure(instance)).isFalse();
      relay.stall(false);
      relay.cut();
      await().atMost(PATIENCE).until(heartbeat::isSure);
      assertThat(heartbeat.instance()).as("it does not come back as it was").isNotEqualTo(instance);
      assertThat(heartbeat.isSure(instance)).isFalse();
    }
  }

  /** Until it has expired; fails where it was still sure then. */
  private boolean sureThoughExpired(Heartbeat heartbeat, String instance) throws SQLException {
    boolean expired =
        text("SELECT expires_at <= clock_timestamp() FROM instances WHERE id = '" + instance + "'")
            .equals("t");
    boolean sure = heartbeat.isSure(instance);
    assertThat(expired && sure).as("sure of what has expired").isFalse();
    return !expired;
  }

  @Test
  void aReplayElsewhereIsWrittenOnlyWhereTheRowIsAsItWas() throws Exception {
    DeliveryRow before = row(1, DeliveryRow.State.DEAD);
    assertThat(write(Fence.NONE, before, 1)).isEqualTo(1);
    DeliveryRow after = row(1, DeliveryRow.State.DELIVERED);
    write(new UnchangedRow(before), after, RecordDeliveries.UNMOVED);
    assertThat(text("SELECT state FROM deliveries")).isEqualTo("delivered");
    assertThatThrownBy(() -> write(new UnchangedRow(before), before, RecordDeliveries.UNMOVED))
        .hasCauseInstanceOf(StoreException.LeaseLost.class);
    assertThat(text("SELECT state FROM deliveries")).isEqualTo("delivered");
  }

  @Test
  void whoWasCutOffWhileAllDataWasReplacedDoesNotComeBack() throws Exception {
    try (Heartbeat first = heartbeat(SHORT)) {
      assertThat(first.isSure()).isTrue();
      run("INSERT INTO settings VALUES ('incarnation', 'another')");
      run("DELETE FROM instances");
      await().atMost(PATIENCE).until(() -> !first.isSure());
      assertThat(text("SELECT count(*) FROM instances")).isEqualTo("0");
      assertThatThrownBy(() -> store.session(PATIENCE)).hasMessageContaining("was replaced");
    }
  }

  @Test
  void leasesOfWhatIsGoneAreClearedAway() throws Exception {
    try (Heartbeat first = heartbeat(LONG)) {
      take(first);
      run("UPDATE subscriptions SET deleted_at = 1");
      run("INSERT INTO instances VALUES ('long dead', 'epoch')");
      assertThat(rows().litter()).isTrue();
      assertThat(store.writer().apply(LeaseChanges.tidy()).join()).isEqualTo(2);
      assertThat(rows().litter()).isFalse();
      assertThat(rows().live()).containsExactly(first.instance());
    }
  }

  private LeaseRows rows() throws Exception {
    try (Connection connection = store.session(PATIENCE)) {
      return LeaseRows.read(connection);
    }
  }

  private Heartbeat heartbeat(ClusterSettings settings) throws SQLException {
    return new Heartbeat(settings, "", () -> store.session(PATIENCE), () -> {});
  }

  private Lease take(Heartbeat heartbeat) {
    Map<Long, Long> tokens =
        store.writer().apply(LeaseChanges.take(heartbeat.instance(), List.of(1L))).join();
    return new Lease(1, heartbeat.instance(), tokens.get(1L), heartbeat, lease -> {});
  }

  private long write(Fence fence, DeliveryRow row, long cursor) {
    return store
        .writer()
        .apply(new Fenced<>(fence, new RecordDeliveries(1, List.of(row), cursor, cursor)))
        .join();
  }

  private static DeliveryRow row(long event, DeliveryRow.State state) {
    return new DeliveryRow(1, event, state, 1, null, null, null, 7);
  }

  private void run(String sql) throws Exception {
    try (Connection connection = PostgresProcess.shared().connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String text(String sql) throws SQLException {
    try (Connection connection = PostgresProcess.shared().connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (java.io.IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
