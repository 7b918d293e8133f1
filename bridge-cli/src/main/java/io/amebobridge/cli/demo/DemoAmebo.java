package io.amebobridge.cli.demo;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.Secret;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** The Amebo of the demo: its server, and what the example registers there. */
final class DemoAmebo implements AutoCloseable {
  static final String USER = "admin";
  static final Secret PASSWORD = Secret.of("demo-password-of-the-admin");

  private final AmeboServer server;
  private final AmeboApi api;

  private DemoAmebo(AmeboServer server, AmeboApi api) {
    this.server = server;
    this.api = api;
  }

  static DemoAmebo start(Path dir, Registrations registrations, URI receiver)
      throws IOException, InterruptedException {
    ServerConfig config =
        ServerConfig.of("sqlite:" + dir.resolve("amebo.db"))
            .withAdmin(USER, PASSWORD)
            .withSecret(Secret.of("demo-server-secret-that-encrypts-the-others"));
    AmeboServer server = AmeboServer.start(config);
    AmeboApi api =
        AmeboHttpClient.builder(server.uri().toString(), new Credentials.User(USER, PASSWORD))
            .build();
    registrations.register(api, receiver);
    return new DemoAmebo(server, api);
  }

  URI uri() {
    return server.uri();
  }

  AmeboApi api() {
    return api;
  }

  @Override
  public void close() {
    api.close();
    server.close();
  }
}
