package io.amebobridge.brokers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses ports that stay usable while their owner is down for a moment: below the range from which
 * the system gives ports to outgoing connections, so that none of these takes them meanwhile.
 */
public final class FreePorts {
  private static final int LEAST = 12_000;
  private static final int MOST = 32_000;
  private static final Set<Integer> GIVEN = new HashSet<>();

  private FreePorts() {}

  /** A port of the loopback address, never given twice by this JVM. */
  public static synchronized int next() throws IOException {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LEAST, MOST);
      if (isFree(port) && GIVEN.add(port)) return port;
    }
    throw new IOException("no free port between " + LEAST + " and " + MOST + " on loopback");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
