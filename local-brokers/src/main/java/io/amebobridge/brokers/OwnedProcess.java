package io.amebobridge.brokers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process that ends with this JVM. Not thread-safe. */
final class OwnedProcess {
  private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "end-local-brokers"));
  }

  private @Nullable Process process;

  void start(List<String> command, Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    process = builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    ALIVE.add(process);
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  void kill9() throws InterruptedException {
    if (process == null) return;
    process.destroyForcibly().waitFor(); // SIGKILL
    ALIVE.remove(process);
  }

  void stop(Duration limit) throws IOException, InterruptedException {
    if (process == null || !process.isAlive()) return;
    signal("CONT"); // a frozen process can't stop in order
    process.toHandle().destroy(); // SIGTERM; Process.destroy would also close its input
    process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    kill9();
  }

  void signal(String name) throws IOException, InterruptedException {
    if (process == null) throw new IllegalStateException("not started");
    String pid = Long.toString(process.pid());
    int status = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
    if (status != 0) throw new IOException("kill -" + name + " " + pid + " answered " + status);
  }

  void close() {
    boolean interrupted = Thread.interrupted();
    try {
      kill9();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
