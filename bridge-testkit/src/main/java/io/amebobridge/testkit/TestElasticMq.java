package io.amebobridge.testkit;

import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A second, independent server of SQS, inside this JVM: ElasticMQ. It keeps everything in memory,
 * and gives several messages of a group at once, which fauxqs does not. The tests keep apart by
 * names of their own ({@link TestAws#unique}). Who uses it has elasticmq-rest-sqs on the class
 * path. Thread-safe.
 */
public final class TestElasticMq {
  private static @Nullable TestElasticMq shared;

  private final SQSRestServer server;
  private final int port;

  private TestElasticMq() {
    server = SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
    port = server.waitUntilStarted().localAddress().getPort();
    Runtime.getRuntime().addShutdownHook(new Thread(server::stopAndWait, "end-elasticmq"));
  }

  /** Started by whoever asks first. */
  public static synchronized TestElasticMq shared() {
    if (shared == null) shared = new TestElasticMq();
    return shared;
  }

  /** Such as {@code http://127.0.0.1:19092}. */
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }
}
