package io.amebobridge.brokers;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;

/**
 * The main class of the broker's JVM: formats the storage where asked, runs Kafka, and ends when
 * standard input does, so that no broker outlives a parent that was killed. Calls Kafka by name,
 * because its server is on the class path at run time only.
 */
final class BrokerMain {
  private BrokerMain() {}

  /**
   * Runs it.
   *
   * @param args the properties file; then, to format the storage first, the cluster's id
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    OwnedProcess.endWithParent();
    if (args.length > 1) format(args[0], args[1]);
    Class<?> kafka = Class.forName("kafka.Kafka");
    kafka.getMethod("main", String[].class).invoke(null, (Object) new String[] {args[0]});
  }

  private static void format(String properties, String clusterId)
      throws ReflectiveOperationException {
    String[] args = {
      "format", "--standalone", "--ignore-formatted", "-t", clusterId, "-c", properties
    };
    try {
      Object status =
          Class.forName("kafka.tools.StorageTool")
              .getMethod("execute", String[].class, PrintStream.class)
              .invoke(null, args, System.out);
      if (!Integer.valueOf(0).equals(status)) System.exit(2);
    } catch (InvocationTargetException e) {
      System.out.println("format failed: " + e.getCause());
      System.exit(2);
    }
  }
}
