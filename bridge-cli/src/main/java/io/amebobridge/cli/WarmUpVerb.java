package io.amebobridge.cli;

import com.sun.net.httpserver.HttpServer;
import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.NewEvent;
import io.amebobridge.client.Secret;
import io.amebobridge.client.SubscriptionSpec;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code amebo warm-up}: reads a server's options and runs it through one event, so that the build
 * can archive the classes that this loads. With the archive the server starts in about half the
 * time.
 */
@Command(
    name = "warm-up",
    hidden = true,
    description = "For the build: runs the server once.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo warm-up target/warm-up")
final class WarmUpVerb implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(WarmUpVerb.class);
  private static final int DELIVERED_WITHIN_SECONDS = 30;

  @Parameters(paramLabel = "DIRECTORY", description = "An empty one, for the database.")
  private Path directory = Path.of(".");

  @Override
  public Integer call() throws Exception {
    Main.command("serve").execute("serve", "--print-config");
    loadAll(AmeboServer.class, "io/amebobridge/server/");
    loadAll(Driver.class, "org/postgresql/"); // there is no PostgreSQL to start on
    Secret secret = Secret.of(UUID.randomUUID().toString());
    CountDownLatch delivered = new CountDownLatch(1);
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    receiver.createContext(
        "/",
        call -> {
          call.sendResponseHeaders(200, -1);
          call.close();
          delivered.countDown();
        });
    receiver.start();
    ServerConfig config =
        ServerConfig.of("sqlite:" + directory.resolve("amebo.db")).withAdmin("admin", secret);
    try (AmeboServer server = AmeboServer.start(config);
        AmeboHttpClient admin =
            AmeboHttpClient.builder(server.uri().toString(), Credentials.user("admin", secret))
                .build();
        AmeboHttpClient client =
            AmeboHttpClient.builder(
                    server.uri().toString(), Credentials.application("warm-up", secret))
                .build()) {
      String address = "http://127.0.0.1:" + receiver.getAddress().getPort();
      admin.register(new ApplicationSpec("warm-up", address, secret));
      client.register(new ActionSpec("warm.up", "warm-up", "{\"type\":\"object\"}", secret));
      client.register(
          new SubscriptionSpec("warm-up", "warm.up", "/", secret, 1, SubscriptionSpec.EARLIEST));
      client.publish(NewEvent.of("warm.up", "{}", "once")).toCompletableFuture().join();
      if (!delivered.await(DELIVERED_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        return Main.FAILED;
      }
    } finally {
      receiver.stop(0);
    }
    return Main.DONE;
  }

  /** All of a library's classes. */
  private static void loadAll(Class<?> of, String names) throws IOException, URISyntaxException {
    Path file = Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (!Files.isRegularFile(file)) {
      return;
    }
    try (JarFile library = new JarFile(file.toFile())) {
      for (JarEntry entry : Collections.list(library.entries())) {
        String name = entry.getName();
        if (name.startsWith(names) && name.endsWith(".class")) {
          load(of, name.substring(0, name.length() - ".class".length()).replace('/', '.'));
        }
      }
    }
  }

  private static void load(Class<?> beside, String name) {
    try {
      Class.forName(name, false, beside.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      log.debug("{} wants more than there is", name, e);
    }
  }
}
