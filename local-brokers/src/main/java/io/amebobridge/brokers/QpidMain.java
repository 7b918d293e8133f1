package io.amebobridge.brokers;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The main class of the JVM of an embedded AMQP broker: runs it, and ends when standard input does.
 * Calls Qpid by name, because it is on the class path at run time only.
 */
final class QpidMain {
  private QpidMain() {}

  /**
   * Runs it.
   *
   * @param args the file with its configuration
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    OwnedProcess.endWithParent();
    Class<?> launcher = Class.forName("org.apache.qpid.server.SystemLauncher");
    Map<String, Object> system =
        Map.of(
            "type", "Memory",
            "initialConfigurationLocation", Path.of(args[0]).toUri().toString(),
            "startupLoggedToSystemOut", "false");
    try {
      launcher
          .getMethod("startup", Map.class)
          .invoke(launcher.getConstructor().newInstance(), system);
    } catch (InvocationTargetException e) {
      System.out.println("it did not start: " + e.getCause());
      System.exit(2); // else what it has begun would go on
    }
  }
}
