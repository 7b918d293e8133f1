package io.amebobridge.testkit;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One real node for all tests of a JVM; they keep apart by virtual hosts of their own. Thread-safe,
 * except for killing the node.
 */
public final class TestRabbit {
  private static @Nullable TestRabbit shared;

  private final RabbitProcess node;

  private TestRabbit(Path directory) throws IOException {
    node = RabbitProcess.in(directory);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(directory), "end-test-rabbit"));
  }

  /**
   * Started by whoever asks first; started again if a test has left it dead. Where RabbitMQ is not
   * installed the test is skipped, and fails where {@code CI} is set.
   */
  public static synchronized TestRabbit shared() throws IOException, InterruptedException {
    requireInstalled();
    if (shared == null) shared = new TestRabbit(Files.createTempDirectory("test-rabbit"));
    if (!shared.node.isRunning()) shared.node.start();
    return shared;
  }

  /** For a test with a node of its own: it is skipped, or fails, as with {@link #shared()}. */
  public static void requireInstalled() {
    if (RabbitProcess.isInstalled()) return;
    String how = "RabbitMQ is not installed; apt-get install rabbitmq-server";
    if (System.getenv("CI") != null) fail(how);
    assumeTrue(false, how);
  }

  public RabbitProcess node() {
    return node;
  }

  /**
   * Kills the node. What it was told must be known to it afterwards: RabbitMQ 3.10 writes the names
   * of quorum queues to disk half a second after they were declared, and the transactions of its
   * own database up to two seconds later; if it is killed before, it forgets queues and confirmed
   * messages. Queues of an application are older than that.
   */
  public void kill9() throws IOException, InterruptedException {
    awaitWritten();
    node.kill9();
  }

  /** Once it returns, the node may be killed without forgetting queues that there are. */
  public void awaitWritten() throws IOException, InterruptedException {
    String written = node.control("eval", "[dets:sync(T) || T <- dets:all()], mnesia:sync_log().");
    if (!written.strip().equals("ok")) throw new IOException("nothing was written: " + written);
  }

  /** One of the test's own. */
  public RabbitVirtualHost newVirtualHost() throws IOException, InterruptedException {
    return node.newVirtualHost();
  }

  private void end(Path directory) {
    node.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException | UncheckedIOException leftovers) {
      // a temporary directory: the system clears it
    }
  }
}
