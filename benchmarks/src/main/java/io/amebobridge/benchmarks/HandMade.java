package io.amebobridge.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The baseline: the transactional outbox that a team would write by hand in an afternoon. An HTTP
 * endpoint that inserts each event in a transaction of its own, and a loop that selects what is
 * open, posts it and marks it as done. Run as a process: its arguments are a JDBC URL and a port.
 */
final class HandMade {
  private static final int THREADS = 16;
  private static final int PAGE = 100;
  private static final int SQLITE_CONNECTIONS = 1; // SQLite has one writer
  private final DataSource database;
  private final HttpClient client = HttpClient.newHttpClient();

  private HandMade(DataSource database) {
    this.database = database;
  }

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(arguments[0]);
    boolean sqlite = arguments[0].startsWith("jdbc:sqlite:");
    config.setMaximumPoolSize(sqlite ? SQLITE_CONNECTIONS : THREADS);
    HandMade service = new HandMade(new HikariDataSource(config));
    service.tables();
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1])),
            200);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/events", exchange -> service.handle(exchange, service::insert));
    server.createContext("/subscribe", exchange -> service.handle(exchange, service::subscribe));
    server.start();
    Thread.currentThread().join();
  }

  private interface Work {
    void on(JsonNode body) throws SQLException;
  }

  private void tables() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS outbox (deduper TEXT PRIMARY KEY, payload TEXT NOT NULL,"
              + " delivered BOOLEAN NOT NULL)");
      statement.execute(
          "CREATE INDEX IF NOT EXISTS outbox_open ON outbox (deduper) WHERE NOT delivered");
    }
  }

  private void handle(HttpExchange exchange, Work work) throws IOException {
    int status = 201;
    try {
      work.on(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
    } catch (SQLException e) {
      status = 500;
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private void insert(JsonNode body) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO outbox VALUES (?, ?, false) ON CONFLICT DO NOTHING")) {
      connection.setAutoCommit(false);
      for (JsonNode event : body.isArray() ? body : List.of(body)) {
        insert.setString(1, event.path("deduper").asString());
        insert.setString(2, event.path("payload").toString());
        insert.addBatch();
      }
      insert.executeBatch();
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private void subscribe(JsonNode body) {
    URI to = URI.create(body.path("url").asString());
    Thread loop = new Thread(() -> deliver(to), "deliver");
    loop.setDaemon(true);
    loop.start();
  }

  private void deliver(URI to) {
    try {
      while (true) {
        Map<String, String> open = open();
        if (open.isEmpty()) {
          TimeUnit.MILLISECONDS.sleep(10);
        } else {
          done(post(to, open));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, String> open() throws SQLException {
    Map<String, String> found = new LinkedHashMap<>();
    try (Connection connection = database.getConnection();
        Statement select = connection.createStatement();
        ResultSet rows =
            select.executeQuery(
                "SELECT deduper, payload FROM outbox WHERE NOT delivered LIMIT " + PAGE)) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getString(2));
      }
    }
    return found;
  }

  private List<String> post(URI to, Map<String, String> open) {
    Map<String, CompletableFuture<HttpResponse<Void>>> calls = new LinkedHashMap<>();
    open.forEach(
        (deduper, payload) ->
            calls.put(
                deduper,
                client.sendAsync(
                    HttpRequest.newBuilder(to)
                        .version(HttpClient.Version.HTTP_1_1)
                        .POST(HttpRequest.BodyPublishers.ofString(payload, StandardCharsets.UTF_8))
                        .build(),
                    HttpResponse.BodyHandlers.discarding())));
    List<String> delivered = new ArrayList<>();
    calls.forEach(
        (deduper, call) -> {
          if (call.join().statusCode() == 200) {
            delivered.add(deduper);
          }
        });
    return delivered;
  }

  private void done(List<String> delivered) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement update =
            connection.prepareStatement("UPDATE outbox SET delivered = true WHERE deduper = ?")) {
      connection.setAutoCommit(false);
      for (String deduper : delivered) {
        update.setString(1, deduper);
        update.addBatch();
      }
      update.executeBatch();
      connection.commit();
      connection.setAutoCommit(true);
    }
  }
}
