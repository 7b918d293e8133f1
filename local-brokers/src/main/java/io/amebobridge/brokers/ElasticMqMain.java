package io.amebobridge.brokers;

import java.lang.reflect.InvocationTargetException;

/**
 * The main class of the JVM of an embedded server of SQS: runs it, says its version, and ends when
 * standard input does. Calls ElasticMQ by name, because it is on the class path at run time only.
 */
final class ElasticMqMain {
  private static final String BUILDER = "org.elasticmq.rest.sqs.SQSRestServerBuilder";
  private static final String ADDRESS = "org.elasticmq.NodeAddress";

  private ElasticMqMain() {}

  /**
   * Runs it.
   *
   * @param args port, region, account
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    OwnedProcess.endWithParent();
    int port = Integer.parseInt(args[0]);
    try {
      Class<?> object = Class.forName(BUILDER);
      Object builder = object.getMethod("withPort", int.class).invoke(null, port);
      builder = with(builder, "Interface", String.class, "127.0.0.1");
      builder = with(builder, "AWSRegion", String.class, args[1]);
      builder = with(builder, "AWSAccountId", String.class, args[2]);
      Class<?> address = Class.forName(ADDRESS); // else the queues' URLs have another port
      Object own =
          address
              .getConstructor(String.class, String.class, int.class, String.class)
              .newInstance("http", "127.0.0.1", port, "");
      builder = with(builder, "ServerAddress", address, own);
      Object server = builder.getClass().getMethod("start").invoke(builder);
      server.getClass().getMethod("waitUntilStarted").invoke(server);
      System.out.println(
          ElasticMqProcess.VERSION_IS + object.getPackage().getImplementationVersion());
    } catch (InvocationTargetException e) {
      System.out.println("it did not start: " + e.getCause());
      System.exit(2); // else what it has begun would go on
    }
  }

  private static Object with(Object builder, String what, Class<?> type, Object value)
      throws ReflectiveOperationException {
    return builder.getClass().getMethod("with" + what, type).invoke(builder, value);
  }
}
