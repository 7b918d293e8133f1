package io.amebobridge.benchmarks;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.OwnedProcess;
import io.amebobridge.cli.demo.AmeboProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What takes messages from a queue to Amebo, in a process of its own. */
interface Mover extends AutoCloseable {
  long residentMegabytes() throws Exception;

  /** Processor time so far, in seconds. */
  double processorSeconds();

  @Override
  void close();

  /** Our bridge, with a config of no more than it needs. */
  static Mover bridge(Feed feed, AmeboTarget amebo, Path dir) throws Exception {
    int port = FreePorts.next();
    String yaml =
        """
        amebo: {url: "%s", application: %s, secret: "%s"}
        sources:
          shop: %s
        routes:
          - from: {source: shop}
            action: "%s"
        deadLetters: {file: dead-letters}
        http: {port: %d}
        """
            .formatted(
                amebo.uri(),
                amebo.application(),
                amebo.secret().reveal(),
                feed.source(),
                feed.action(),
                port);
    Path config = Files.writeString(dir.resolve("bridge.yaml"), yaml);
    AmeboProcess process =
        new AmeboProcess(
            URI.create("http://127.0.0.1:" + port),
            dir.resolve("bridge.log"),
            List.of("run", "-c", config.toString()));
    process.start();
    process.awaitReady();
    return new Mover() {
      @Override
      public long residentMegabytes() throws Exception {
        return Machine.residentMegabytes(process.pid());
      }

      @Override
      public double processorSeconds() {
        return Machine.processorSeconds(process.pid());
      }

      @Override
      public void close() {
        process.close();
      }
    };
  }

  /** The loop that a user would write. */
  static Mover plainLoop(Feed feed, AmeboTarget amebo, Path dir) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(feed.loop());
    command.add(amebo.uri().toString());
    command.add(amebo.token());
    OwnedProcess process = new OwnedProcess();
    process.start(command, dir.resolve("plain-loop.log"));
    return new Mover() {
      @Override
      public long residentMegabytes() throws Exception {
        return Machine.residentMegabytes(process.handle().pid());
      }

      @Override
      public double processorSeconds() {
        return Machine.processorSeconds(process.handle().pid());
      }

      @Override
      public void close() {
        process.close();
      }
    };
  }
}
