package io.amebobridge.brokers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that ends with this JVM. Its standard input stays open as long as this JVM lives: a
 * child that calls {@link #endWithParent()} ends even if this JVM is killed. Not thread-safe.
 */
public final class OwnedProcess implements AutoCloseable {
  private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "end-local-brokers"));
  }

  private @Nullable Process process;

  /** For the child: ends this JVM when its standard input does. Returns at once. */
  public static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.readAllBytes(); // nobody writes: it returns at the end
              } catch (IOException parentIsGone) {
                // the same as the end of the input
              }
              Runtime.getRuntime().halt(3);
            },
            "end-with-parent");
    watch.setDaemon(true);
    watch.start();
  }

  /** Starts it; what it prints is appended to the log. */
  public void start(List<String> command, Path log) throws IOException {
    start(command, Map.of(), log);
  }

  /** The same, with more variables in its environment. */
  public void start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    process = builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    ALIVE.add(process);
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The process itself. */
  public ProcessHandle handle() {
    if (process == null) throw new IllegalStateException("not started");
    return process.toHandle();
  }

  /** As if the power had failed; returns when it is gone. */
  public void kill9() throws InterruptedException {
    if (process == null) return;
    process.destroyForcibly().waitFor(); // SIGKILL
    ALIVE.remove(process);
  }

  /** SIGTERM; after the limit SIGKILL. */
  public void stop(Duration limit) throws IOException, InterruptedException {
    if (process == null || !process.isAlive()) return;
    signal("CONT"); // a frozen process can't stop in order
    process.toHandle().destroy(); // SIGTERM; Process.destroy would also close its input
    process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    kill9();
  }

  /** Sends a signal by name, such as STOP. */
  public void signal(String name) throws IOException, InterruptedException {
    if (process == null) throw new IllegalStateException("not started");
    String pid = Long.toString(process.pid());
    int status = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
    if (status != 0) throw new IOException("kill -" + name + " " + pid + " answered " + status);
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      kill9();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
