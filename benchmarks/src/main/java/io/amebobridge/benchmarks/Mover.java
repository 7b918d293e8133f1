package io.amebobridge.benchmarks;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.OwnedProcess;
import io.amebobridge.cli.demo.AmeboProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What takes messages from RabbitMQ to Amebo, in a process of its own. */
interface Mover extends AutoCloseable {
  long residentMegabytes() throws Exception;

  @Override
  void close();

  /** Our bridge, with a config of no more than it needs. */
  static Mover bridge(String rabbit, AmeboTarget amebo, Path dir) throws Exception {
    int port = FreePorts.next();
    String yaml =
        """
        amebo: {url: "%s", application: %s, secret: "%s"}
        sources:
          shop:
            rabbitmq: {uri: "%s"}
            queue: %s
            read: takeover
        routes:
          - from: {source: shop}
        deadLetters: {file: dead-letters}
        http: {port: %d}
        """
            .formatted(
                amebo.uri(),
                amebo.application(),
                amebo.secret().reveal(),
                rabbit,
                RabbitLoad.NAME,
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
      public void close() {
        process.close();
      }
    };
  }

  /** {@link PlainLoop}. */
  static Mover plainLoop(String rabbit, AmeboTarget amebo, Path dir) throws Exception {
    OwnedProcess process = new OwnedProcess();
    process.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            PlainLoop.class.getName(),
            rabbit,
            RabbitLoad.NAME,
            amebo.uri().toString(),
            amebo.token()),
        dir.resolve("plain-loop.log"));
    return new Mover() {
      @Override
      public long residentMegabytes() throws Exception {
        return Machine.residentMegabytes(process.handle().pid());
      }

      @Override
      public void close() {
        process.close();
      }
    };
  }
}
