package io.amebobridge.benchmarks;

import io.amebobridge.brokers.ElasticMqProcess;
import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.brokers.Relay;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A stand-in for SQS on this machine, and how far it is away. */
final class SqsServer implements AutoCloseable {
  private final String name;
  private final URI endpoint;
  private final Runnable end;
  private final @Nullable Relay relay;

  private SqsServer(String name, URI endpoint, Runnable end, int away) throws IOException {
    this.name = name;
    this.endpoint = endpoint;
    this.end = end;
    if (away == 0) {
      relay = null;
    } else {
      relay = new Relay(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
      relay.latency(away);
    }
  }

  static SqsServer start(String kind, Path dir, int away) throws IOException, InterruptedException {
    if (kind.equals("fauxqs")) {
      FauxqsProcess server = FauxqsProcess.in(dir);
      server.start();
      return new SqsServer("fauxqs", URI.create(server.endpoint()), server::close, away);
    }
    if (!kind.equals("elasticmq")) {
      throw new IllegalArgumentException("--server: got " + kind + ", allowed: elasticmq, fauxqs");
    }
    String lib = System.getProperty("amebo.broker.lib");
    String classPath = lib == null ? System.getProperty("java.class.path") : lib + "/*";
    // compiled fully, with room for all messages: what is measured is not this
    ElasticMqProcess server =
        ElasticMqProcess.in(dir, classPath, "-XX:TieredStopAtLevel=4", "-Xmx2g");
    server.start();
    String name = "ElasticMQ " + server.version();
    return new SqsServer(name, URI.create(server.endpoint()), server::close, away);
  }

  /** Such as {@code ElasticMQ 1.7.1}. */
  String name() {
    return name;
  }

  /** For who fills its queues. */
  URI endpoint() {
    return endpoint;
  }

  /** For who is measured. */
  URI asSeen() {
    return relay == null ? endpoint : URI.create("http://" + relay.endpoint());
  }

  @Override
  public void close() throws IOException {
    if (relay != null) relay.close();
    end.run();
  }
}
