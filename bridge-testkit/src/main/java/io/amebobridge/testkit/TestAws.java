package io.amebobridge.testkit;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.amebobridge.brokers.FauxqsProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One server of SQS, SNS and S3 for all tests of a JVM; they keep apart by names of their own.
 * Thread-safe, except for killing the server.
 */
public final class TestAws {
  private static @Nullable TestAws shared;

  private final FauxqsProcess server;

  private TestAws(Path directory) throws IOException {
    server = FauxqsProcess.in(directory);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(directory), "end-test-aws"));
  }

  /**
   * Started by whoever asks first; started again if a test has left it dead. Where fauxqs is not
   * installed the test is skipped, and fails where {@code CI} is set.
   */
  public static synchronized TestAws shared() throws IOException, InterruptedException {
    requireInstalled();
    if (shared == null) shared = new TestAws(Files.createTempDirectory("test-aws"));
    if (!shared.server.isRunning()) shared.server.start();
    return shared;
  }

  /** For a test with a server of its own: it is skipped, or fails, as with {@link #shared()}. */
  public static void requireInstalled() {
    if (FauxqsProcess.isInstalled()) return;
    String how = "fauxqs is not installed; bin/test installs it where there is npm";
    if (System.getenv("CI") != null) fail(how);
    assumeTrue(false, how);
  }

  public FauxqsProcess server() {
    return server;
  }

  /** A name that no other test has, such as {@code orders-1f0c9a}. */
  public static String unique(String name) {
    return name + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private void end(Path directory) {
    server.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException | UncheckedIOException leftovers) {
      // a temporary directory: the system clears it
    }
  }
}
