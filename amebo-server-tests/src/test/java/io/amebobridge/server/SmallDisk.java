package io.amebobridge.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A real file system that can be full: a tmpfs in a mount namespace of its own, so that nothing of
 * it stays. It lives as long as a process that this JVM holds; kills of its users leave it alone.
 */
final class SmallDisk implements AutoCloseable {
  private static final String MOUNT =
      "mount -t tmpfs -o size=\"$2\",mode=1777 tmpfs \"$1\" && echo mounted && exec cat";
  private final Process holder;
  private final Path directory;

  private SmallDisk(Process holder, Path directory) {
    this.holder = holder;
    this.directory = directory;
  }

  /** Mounts one; the test is skipped where that is not allowed. */
  static SmallDisk mount(int megabytes) throws IOException {
    Path directory =
        Files.createTempDirectory(
            Path.of(System.getProperty("java.io.tmpdir")),
            "amebo-small-disk",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
    String answer;
    Process holder;
    try {
      holder =
          new ProcessBuilder(
                  "unshare", "-m", "sh", "-c", MOUNT, "sh", directory.toString(), megabytes + "m")
              .redirectErrorStream(true)
              .start();
      answer = holder.inputReader(StandardCharsets.UTF_8).readLine();
    } catch (IOException e) {
      Assumptions.abort("no disk that can be full: " + e.getMessage());
      throw e;
    }
    if (!"mounted".equals(answer)) {
      holder.destroyForcibly();
      Assumptions.abort("no disk that can be full: mounting one is not allowed here: " + answer);
    }
    return new SmallDisk(holder, directory);
  }

  /** A command that runs what stands behind it where the disk is. */
  List<String> wrapper() {
    return List.of("nsenter", "--target", String.valueOf(holder.pid()), "--mount", "--");
  }

  /** Where it is for those that run there. */
  Path inside() {
    return directory;
  }

  /** Where it is for the test. */
  Path outside() {
    return Path.of("/proc/" + holder.pid() + "/root" + directory);
  }

  /** Takes all that is left, again and again if somebody gave something back. */
  void fill() {
    byte[] block = new byte[64 << 10];
    for (int size = block.length; size >= 1; size /= 16) {
      try (OutputStream out =
          Files.newOutputStream(
              ballast(),
              java.nio.file.StandardOpenOption.CREATE,
              java.nio.file.StandardOpenOption.APPEND)) {
        while (true) {
          out.write(block, 0, size);
        }
      } catch (IOException full) {
        // what was to be shown
      }
    }
  }

  /** Makes room. */
  void free() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return outside().resolve("ballast");
  }

  @Override
  public void close() throws IOException {
    holder.destroyForcibly();
    holder.onExit().join();
    Files.delete(directory);
  }
}
