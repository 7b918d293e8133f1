package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a verb to its end in a JVM of its own, as a user does. */
final class CliProcess {
  private CliProcess() {}

  /** Fails where it has not ended within a minute. */
  static Cli run(Path directory, Object... arguments) throws IOException, InterruptedException {
    try (Running running = start(directory, Map.of(), arguments)) {
      return running.awaitEnd();
    }
  }

  /** Does not wait for anything. */
  static Running start(Path directory, Map<String, String> environment, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Damebo.end.with.parent=true");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    for (Object argument : arguments) command.add(argument.toString());
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new Running(builder.start(), out, err);
  }

  /** A verb that has not ended yet; closing kills it. */
  record Running(Process process, Path out, Path err) implements AutoCloseable {
    Cli awaitEnd() throws IOException, InterruptedException {
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      assertThat(ended).as("it has ended; standard error: %s", Files.readString(err)).isTrue();
      return new Cli(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** SIGTERM; its input stays open, so that nothing else ends it. */
    Cli terminate() throws IOException, InterruptedException {
      boolean unused = process.toHandle().destroy();
      return awaitEnd();
    }

    String saidSoFar() throws IOException {
      return Files.readString(err);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
