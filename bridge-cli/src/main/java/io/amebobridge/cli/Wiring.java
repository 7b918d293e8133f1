package io.amebobridge.cli;

import io.amebobridge.aws.SnsConnector;
import io.amebobridge.aws.SqsConnector;
import io.amebobridge.cli.serve.ServeConfig;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.Credentials;
import io.amebobridge.core.Connector;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.amebo.AmeboSink;
import io.amebobridge.core.amebo.AmeboSinkSettings;
import io.amebobridge.core.config.AmeboConfig;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.DeadLettersConfig;
import io.amebobridge.core.config.SourceConfig;
import io.amebobridge.core.deadletter.CopiedDeadLetters;
import io.amebobridge.core.deadletter.DeadLetterCopies;
import io.amebobridge.core.deadletter.DeadLetterStore;
import io.amebobridge.core.deadletter.FileDeadLetterStore;
import io.amebobridge.core.mapping.MappingRouter;
import io.amebobridge.core.pump.Backoff;
import io.amebobridge.core.pump.PumpClock;
import io.amebobridge.core.pump.PumpParts;
import io.amebobridge.core.pump.PumpSettings;
import io.amebobridge.core.pump.RunPump;
import io.amebobridge.core.run.Bridge;
import io.amebobridge.core.run.BridgeHttp;
import io.amebobridge.kafka.KafkaConnector;
import io.amebobridge.rabbitmq.RabbitConnector;
import io.amebobridge.server.AmeboServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Puts together what a config names. */
final class Wiring {
  static final List<Connector> CONNECTORS =
      List.of(new KafkaConnector(), new RabbitConnector(), new SqsConnector(), new SnsConnector());

  private Wiring() {}

  /** The Amebo of a config: remote, or a server inside this process. */
  static Amebo amebo(AmeboConfig config) throws IOException, InterruptedException, ConfigException {
    URI url = config.url();
    if (url != null) return new Amebo(client(config, url), null);
    ServeConfig.Given dsn =
        new ServeConfig.Given(
            "amebo.embedded", Map.of("AMEBO_DSN", Objects.requireNonNull(config.embedded())));
    ServeConfig serve = ServeVerb.read(dsn, null);
    serve.warnings().forEach(ServeVerb::warn);
    AmeboServer embedded = AmeboServer.start(serve.settings().server());
    return new Amebo(embedded.api(), embedded);
  }

  private static AmeboApi client(AmeboConfig config, URI url) {
    AmeboConfig.Login login = config.login();
    Credentials credentials =
        login != null
            ? new Credentials.User(login.username(), login.password())
            : new Credentials.Application(
                Objects.requireNonNull(config.application()),
                Objects.requireNonNull(config.secret()));
    return AmeboHttpClient.builder(url.toString(), credentials)
        .connectTimeout(config.timeouts().connect())
        .callTimeout(config.timeouts().request())
        .maxConcurrentCalls(Math.max(config.concurrency(), config.batch().inFlight()))
        .build();
  }

  static AmeboSinkSettings sinkSettings(AmeboConfig config) {
    String application = config.application();
    return new AmeboSinkSettings(
        application == null ? "the administrator" : application,
        config.batch().maxEvents(),
        config.batch().maxBytes(),
        config.concurrency());
  }

  static PumpSettings pumpSettings(BridgeConfig config) {
    var limits = config.limits();
    var batch = config.amebo().batch();
    var letters = config.deadLetters();
    return new PumpSettings(
        limits.maxInFlight(),
        limits.maxInFlightBytes(),
        batch.maxEvents(),
        batch.maxBytes(),
        batch.inFlight(),
        batch.linger(),
        limits.drainTimeout(),
        Backoff.of(limits.backoff().initial(), limits.backoff().max()),
        letters.maxShare(),
        letters.window());
  }

  /** Where dead letters go, open. */
  static DeadLetters deadLetters(DeadLettersConfig config)
      throws IOException, InterruptedException {
    FileDeadLetterStore files = FileDeadLetterStore.open(config);
    if (config.copies() == null) return new DeadLetters(files, null);
    try {
      return new DeadLetters(files, config.copies().open());
    } catch (SinkException e) {
      files.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  /** One pump for each source; not started. */
  static Bridge bridge(
      BridgeConfig config, Amebo amebo, DeadLetters letters, PrometheusMeterRegistry metrics) {
    List<RunPump> pumps = new ArrayList<>();
    for (SourceConfig source : config.sources().values()) {
      PumpParts parts =
          new PumpParts(
              source.name(),
              source.factory()::create,
              MappingRouter.factory(config),
              new AmeboSink(amebo.api(), sinkSettings(config.amebo())),
              letters.forOnePump());
      pumps.add(new RunPump(parts, pumpSettings(config), metrics, PumpClock.system()));
    }
    return new Bridge(pumps);
  }

  /** The bridge's own port, listening; null where the config wants none. */
  static @Nullable BridgeHttp http(
      BridgeConfig config, Bridge bridge, PrometheusMeterRegistry metrics) throws IOException {
    if (!config.http().enabled()) return null;
    return BridgeHttp.start(config.http().host(), config.http().port(), bridge, metrics);
  }

  /** An Amebo to talk to, and the server behind it where that is our own. */
  record Amebo(AmeboApi api, @Nullable AmeboServer server) implements AutoCloseable {
    @Override
    public void close() {
      api.close();
      if (server != null) server.close();
    }
  }

  /** The files, and copies elsewhere where the config wants them. */
  record DeadLetters(FileDeadLetterStore files, @Nullable DeadLetterCopies copies)
      implements AutoCloseable {
    DeadLetterStore forOnePump() {
      return copies == null ? files : new CopiedDeadLetters(files, copies);
    }

    @Override
    public void close() throws IOException {
      if (copies != null) copies.close();
      files.close();
    }
  }
}
