package io.amebobridge.brokers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where RabbitMQ's own scripts are: those that run a node as whoever we are. */
final class RabbitPrograms {
  private RabbitPrograms() {}

  static boolean areInstalled() {
    return find() != null;
  }

  static Path directory() throws IOException {
    Path found = find();
    if (found != null) return found;
    throw new IOException(
        "no RabbitMQ: no rabbitmq-server in any of "
            + places()
            + "; apt-get install --no-install-recommends rabbitmq-server, or set RABBITMQ_HOME");
  }

  private static @Nullable Path find() {
    for (Path place : places()) {
      if (Files.isExecutable(place.resolve("rabbitmq-server"))) return place;
    }
    return null;
  }

  /** Not /usr/sbin: Debian's scripts there turn into the user rabbitmq. */
  private static List<Path> places() {
    List<Path> places = new ArrayList<>();
    String home = System.getenv("RABBITMQ_HOME");
    if (home != null) places.add(Path.of(home, "sbin"));
    places.add(Path.of("/usr/lib/rabbitmq/bin"));
    places.add(Path.of("/opt/homebrew/opt/rabbitmq/sbin"));
    places.add(Path.of("/usr/local/opt/rabbitmq/sbin"));
    return places;
  }
}
