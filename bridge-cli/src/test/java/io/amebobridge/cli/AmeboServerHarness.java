package io.amebobridge.cli;

import io.amebobridge.brokers.Relay;
import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.Secret;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.ServerConfig;
import io.amebobridge.testkit.AmeboSinkHarness;
import io.amebobridge.testkit.SinkFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The real server, over HTTP through a relay that breaks the connection, or in this process. */
final class AmeboServerHarness extends AmeboSinkHarness {
  private static final String APPLICATION = "contract";
  private static final Secret SECRET = Secret.of("application-secret-of-the-contract");

  private final Server server;
  private final boolean remote;

  /** The server and what stands before it; made before the harness, which can't refer to itself. */
  private static final class Server {
    AmeboServer running;
    final Relay relay;

    Server(Path directory) throws IOException, InterruptedException {
      running =
          AmeboServer.start(
              ServerConfig.of("sqlite:" + directory.resolve("amebo.db"))
                  .withAdmin("admin", Secret.of("password-of-the-admin"))
                  .withSecret(Secret.of("server-secret-that-encrypts-the-others")));
      relay = new Relay(new InetSocketAddress(InetAddress.getLoopbackAddress(), running.port()));
      running.api().register(new ApplicationSpec(APPLICATION, "http://127.0.0.1:1", SECRET));
      running.api().register(new ActionSpec(ACTION, APPLICATION, SCHEMA, SECRET));
    }

    AmeboApi client() {
      return AmeboHttpClient.builder(
              "http://" + relay.endpoint(), Credentials.application(APPLICATION, SECRET))
          .build();
    }

    List<StoredEvent> events() throws InterruptedException {
      return running.api().events(new EventQuery(ACTION, null, 0L, 1000));
    }
  }

  private AmeboServerHarness(Server server, AmeboApi api, boolean remote) {
    super(api, server::events);
    this.server = server;
    this.remote = remote;
  }

  static AmeboServerHarness overHttp(Path directory) throws IOException, InterruptedException {
    Server server = new Server(directory);
    return new AmeboServerHarness(server, server.client(), true);
  }

  static AmeboServerHarness inProcess(Path directory) throws IOException, InterruptedException {
    Server server = new Server(directory);
    return new AmeboServerHarness(server, server.running.api(), false);
  }

  @Override
  public void begin(SinkFault fault) throws Exception {
    switch (fault) {
      case AWAY -> server.relay.refuse();
      case SILENT -> server.relay.stall(true);
      case ANSWERS_LOST -> server.relay.loseAnswers(true);
      default -> super.begin(fault);
    }
  }

  @Override
  public void end() throws IOException {
    server.relay.stall(false);
    server.relay.loseAnswers(false);
    server.relay.accept();
  }

  @Override
  public Map<SinkFault, String> unsupported() {
    Map<SinkFault, String> unsupported = new EnumMap<>(super.unsupported());
    if (!remote) {
      unsupported.replaceAll((fault, why) -> "a server in this process is no further away than we");
      return unsupported;
    }
    List.of(SinkFault.AWAY, SinkFault.SILENT, SinkFault.ANSWERS_LOST).forEach(unsupported::remove);
    unsupported.put(
        SinkFault.FAILS_ONCE, "a relay of bytes does not know one request from another");
    unsupported.put(SinkFault.THROTTLING, "it asks for less than the contract's seven seconds");
    unsupported.put(SinkFault.DENYING, "it does not take back a token it has given");
    unsupported.put(SinkFault.REDIRECTING, "it never redirects");
    return unsupported;
  }

  @Override
  public String secret() {
    return SECRET.reveal();
  }

  @Override
  public void close() {
    super.close();
    server.running.close();
    try {
      server.relay.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
