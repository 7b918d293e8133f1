package io.amebobridge.server;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.Secret;
import io.amebobridge.server.admin.DatabaseAdmin;
import io.amebobridge.server.cluster.Cluster;
import io.amebobridge.server.delivery.Dispatcher;
import io.amebobridge.server.http.HttpDoor;
import io.amebobridge.server.http.Limits;
import io.amebobridge.server.http.Services;
import io.amebobridge.server.ingest.Intake;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Registrar;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.SecretRotation;
import io.amebobridge.server.retention.Pruner;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.security.AdminCredentials;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.security.SecretFingerprint;
import io.amebobridge.server.security.ServerSecrets;
import io.amebobridge.server.security.Tokens;
import io.amebobridge.server.store.Dsn;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.Migrations;
import io.amebobridge.server.store.Store;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running Amebo server. Thread-safe. */
public final class AmeboServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AmeboServer.class);
  private static final LogWriter.Limits LIMITS = new LogWriter.Limits(500, 50_000, 64 << 20);
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final int MOST_HTTP_LOOPS = 4;
  // Hashing is slow on purpose, and the first events do not wait for it.
  private static final long PREPARED_AFTER_MILLIS = 1_000;
  private static final long GRACE_CHECK_MILLIS = 60_000;
  private static final long ROTATION_CHECK_MILLIS = 2_000;
  private final Vertx vertx;
  private final Services services;
  private final LocalApi api;
  private final Pruner pruner;
  private final int port;
  private final String host;
  private final @Nullable Cluster cluster;
  private String doors = "";
  private String mark = "";
  private boolean closed;

  private AmeboServer(
      ServerConfig config, Store store, CommitRelay relay, ServerSecrets secrets, Vertx vertx)
      throws IOException {
    this.vertx = vertx;
    this.host = config.host();
    Cluster joined = null;
    try {
      this.services = services(config, store, relay, secrets);
      joined = deliver(store, config);
      this.cluster = joined;
      relay.to(services.dispatcher()::committed);
      AtomicInteger bound = new AtomicInteger();
      this.doors = listen(services, bound);
      this.port = bound.get();
      this.api = new LocalApi(services, vertx);
      this.pruner =
          new Pruner(
              store,
              services.registry(),
              services.metrics(),
              config.retention().usual(),
              config.clock());
      pruner.start(config.retention().interval());
    } catch (IOException | RuntimeException e) {
      if (joined != null) {
        joined.close();
      }
      throw e;
    }
  }

  /**
   * Migrates and opens the database, listens, and resumes deliveries.
   *
   * @throws IOException where the port or a file cannot be had
   * @throws IllegalArgumentException where the configuration cannot work
   * @throws io.amebobridge.server.store.StoreException where the database cannot be opened
   */
  public static AmeboServer start(ServerConfig config) throws IOException {
    if (config.database() instanceof Dsn.Sqlite sqlite) {
      makeDirectory(sqlite.file().getParent());
    }
    // Meanwhile, as all else takes as long.
    CompletableFuture<Vertx> vertx = CompletableFuture.supplyAsync(AmeboServer::ahead);
    Store store = null;
    try {
      Path kept = config.keptSecrets();
      boolean known = ServerSecrets.secretOf(kept, config.secret(), false) != null;
      ServerSecrets secrets = known ? resolve(config) : null;
      CommitRelay relay = new CommitRelay(new ServerMetrics());
      Migrations migrations = new DatabaseAdmin(config).migrations(config.migrate());
      store = Store.open(config.database(), migrations, LIMITS, config.clock(), relay);
      if (secrets == null) {
        SecretFingerprint.refuseWithout(store, kept); // before another one is generated
        secrets = resolve(config);
      }
      AmeboServer server = new AmeboServer(config, store, relay, secrets, vertx.join());
      log.atInfo()
          .addKeyValue("uri", server.uri())
          .addKeyValue("database", config.database())
          .addKeyValue("version", version())
          .log("Amebo listens");
      return server;
    } catch (IOException | RuntimeException e) {
      await(vertx.join().close(), "stopping Vert.x"); // first: what it still does wants the store
      if (store != null) {
        store.close();
      }
      throw e;
    }
  }

  private static ServerSecrets resolve(ServerConfig config) {
    Path kept = config.keptSecrets();
    return ServerSecrets.resolve(
        kept.getParent(), kept.getFileName().toString(), config.secret(), config.adminPassword());
  }

  private static void makeDirectory(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new IOException("cannot make the directory " + directory, e);
    }
  }

  public int port() {
    return port;
  }

  /** The base URL, for a caller on this machine. */
  public URI uri() {
    boolean any = host.equals("0.0.0.0") || host.equals("::");
    String reachable = any ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + reachable + ":" + port);
  }

  /**
   * The same server without HTTP, with an administrator's rights; closing it does not stop the
   * server.
   */
  public AmeboApi api() {
    return api;
  }

  /** Stops listening, waits a while for what is in flight, closes the database. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    pruner.close();
    await(vertx.undeploy(doors), "closing the port");
    if (cluster != null) {
      await(Future.fromCompletionStage(cluster.leave()), "handing over deliveries");
    }
    await(services.dispatcher().stop(), "waiting for deliveries in flight");
    if (cluster != null) {
      cluster.close();
    }
    services.dispatcher().close();
    api.close();
    services.store().close();
    await(vertx.close(), "stopping Vert.x");
    services.metrics().close();
  }

  /** SQLite is this process' alone; on PostgreSQL there may be others. */
  private @Nullable Cluster deliver(Store store, ServerConfig config) {
    if (store.shared()) {
      return Cluster.join(
          store, services.registry(), services.dispatcher(), config.cluster(), mark);
    }
    services.dispatcher().start();
    return null;
  }

  private Services services(
      ServerConfig config, Store store, CommitRelay relay, ServerSecrets secrets)
      throws IOException {
    Secret previous = ServerSecrets.previous(config.previousSecret());
    SecretFingerprint fingerprint = new SecretFingerprint(store, secrets.secret(), previous);
    fingerprint.check();
    SecretBox box = new SecretBox(secrets.secret(), previous);
    Registry registry = new Registry(store, box, config.clock());
    SecretRotation rotation = new SecretRotation(registry, fingerprint);
    rotation.start();
    fingerprint.keep(); // all that is stored could be opened
    if (fingerprint.hasPrevious()) {
      this.mark = fingerprint.mark();
      vertx.setPeriodic(ROTATION_CHECK_MILLIS, id -> rotate(rotation, id));
    }
    AddressGuard guard =
        new AddressGuard(loopback(config.host()), config.delivery().allowedNetworks());
    ServerMetrics metrics = relay.metrics();
    metrics.process(version());
    LogAge age = new LogAge(store.events(), config.clock());
    metrics.log(() -> store.writer().queued(), age::ofFirst);
    Dispatcher dispatcher =
        new Dispatcher(vertx, store, registry, guard, metrics, config.delivery(), config.clock());
    AdminCredentials admin =
        new AdminCredentials(store, config.adminUsername(), secrets.adminPassword());
    vertx.setTimer(PREPARED_AFTER_MILLIS, id -> prepare(admin));
    vertx.executeBlocking(
        () -> {
          registry.actions().forEach(action -> action.schema().prepare());
          return registry;
        });
    endGraces(registry);
    vertx.setPeriodic(GRACE_CHECK_MILLIS, id -> endGraces(registry));
    return new Services(
        config,
        store,
        registry,
        new Registrar(registry, guard),
        new Intake(registry, store.writer(), metrics, config.maxPayloadBytes(), config.clock()),
        dispatcher,
        new Tokens(
            secrets.secret(),
            previous,
            rotation::underPrevious,
            config.clock(),
            who -> secretsOf(who, registry, secrets)),
        admin,
        metrics,
        version());
  }

  private void prepare(AdminCredentials admin) {
    vertx.executeBlocking(
        () -> {
          admin.prepare();
          return admin;
        });
  }

  private static boolean loopback(String host) throws IOException {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IOException("cannot listen on " + host + ": the host is unknown", e);
    }
  }

  private void rotate(SecretRotation rotation, long timer) {
    Future.fromCompletionStage(rotation.step())
        .onSuccess(
            done -> {
              if (done) {
                vertx.cancelTimer(timer);
              }
            })
        .onFailure(e -> log.debug("AMEBO_PREVIOUS_SECRET stays in use", e));
  }

  private static void endGraces(Registry registry) {
    Future.fromCompletionStage(registry.endGraces())
        .onFailure(e -> log.warn("Replaced secrets are refused, but still stored", e));
  }

  private static List<Secret> secretsOf(Principal who, Registry registry, ServerSecrets secrets) {
    if (who instanceof Principal.Application a) {
      return registry.application(a.name()).map(Application::secrets).orElse(List.of());
    }
    return List.of(secrets.adminPassword());
  }

  private String listen(Services on, AtomicInteger bound) throws IOException {
    // Instances share a port only by its number, so "any port" is served by one event loop.
    int loops =
        on.config().port() == 0
            ? 1
            : Math.min(MOST_HTTP_LOOPS, Runtime.getRuntime().availableProcessors());
    Limits limits = new Limits(on.config().http(), on.config().clock());
    Future<String> deployed =
        vertx.deployVerticle(
            () -> new HttpDoor(vertx, on, limits, bound),
            new DeploymentOptions().setInstances(loops));
    try {
      return deployed.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while opening the port", e);
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      throw new IOException(
          "cannot listen on "
              + on.config().host()
              + ":"
              + on.config().port()
              + ": "
              + (e.getCause() == null ? e : e.getCause().getMessage()),
          e);
    }
  }

  private static Vertx ahead() {
    Vertx vertx = vertx();
    try {
      // The first statement would wait for this: the JVM's flight recorder is asked what it can do.
      Class.forName("org.jdbi.v3.core.statement.internal.JfrSupport");
    } catch (ReflectiveOperationException | LinkageError e) {
      log.trace("Jdbi has no such class", e);
    }
    return vertx;
  }

  private static Vertx vertx() {
    // Nothing is served from files, so no cache directory is made.
    FileSystemOptions noCache =
        new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);
    return Vertx.vertx(
        new VertxOptions()
            .setFileSystemOptions(noCache)
            .setEventLoopPoolSize(Math.max(2, Runtime.getRuntime().availableProcessors())));
  }

  private static void await(Future<?> future, String what) {
    try {
      future.toCompletionStage().toCompletableFuture().get(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      log.atWarn()
          .addKeyValue("step", what)
          .addKeyValue("seconds", DRAIN.toSeconds())
          .setCause(e)
          .log("A step of stopping was given up");
    }
  }

  private static String version() {
    String version = AmeboServer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
