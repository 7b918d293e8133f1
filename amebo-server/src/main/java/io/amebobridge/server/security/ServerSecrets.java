package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's own secrets: given, or generated once and kept in files that only their owner reads.
 *
 * @param secret AMEBO_SECRET
 */
public record ServerSecrets(Secret secret, Secret adminPassword) {
  private static final Logger log = LoggerFactory.getLogger(ServerSecrets.class);
  private static final int SHORTEST_SECRET = 16;
  private static final int SHORTEST_PASSWORD = 8;
  private static final int LONGEST_PASSWORD = 72;
  private static final Set<String> SAMPLES =
      Set.of(
          "secret",
          "password",
          "changeme",
          "changemechangeme",
          "changemeinproduction",
          "changethisinproduction",
          "yoursecretkey",
          "yoursecretkeyhere",
          "yoursecrethere",
          "yoursupersecretkey",
          "yoursupersecretkeyhere",
          "yoursupersecretjwtkey",
          "yourjwtsecret",
          "yoursecurepassword",
          "supersecretkey",
          "supersecretpassword",
          "amebosecret",
          "amebopassword",
          "amebosecretkey",
          "developmentsecretkey",
          "testsecret",
          "insertsecrethere",
          "password123",
          "admin",
          "adminpassword",
          "administrator",
          "0123456789abcdef",
          "1234567890123456",
          "12345678");

  /**
   * Takes what is given and completes it from files, which are made where they are missing.
   *
   * @param directory the files'; it is made where it is needed
   * @param prefix their names are this with {@code .secret} and {@code .password}
   * @throws IllegalArgumentException where one is too short, too long or a known sample
   */
  public static ServerSecrets resolve(
      Path directory, String prefix, @Nullable Secret secret, @Nullable Secret adminPassword) {
    return new ServerSecrets(
        secret == null
            ? kept(directory.resolve(prefix + ".secret"), "AMEBO_SECRET")
            : checked("AMEBO_SECRET", secret, SHORTEST_SECRET, Integer.MAX_VALUE),
        adminPassword == null
            ? kept(directory.resolve(prefix + ".password"), "AMEBO_PASSWORD")
            : checked("AMEBO_PASSWORD", adminPassword, SHORTEST_PASSWORD, LONGEST_PASSWORD));
  }

  /**
   * AMEBO_SECRET alone, as {@link #resolve} takes it.
   *
   * @param make whether one is generated where there is none
   * @return null where there is none, and none is to be made
   */
  public static @Nullable Secret secretOf(Path kept, @Nullable Secret given, boolean make) {
    Path file = kept.resolveSibling(kept.getFileName() + ".secret");
    if (given != null) {
      return checked("AMEBO_SECRET", given, SHORTEST_SECRET, Integer.MAX_VALUE);
    }
    return make || Files.exists(file) ? kept(file, "AMEBO_SECRET") : null;
  }

  /** AMEBO_PREVIOUS_SECRET, which is never made. */
  public static @Nullable Secret previous(@Nullable Secret given) {
    return given == null
        ? null
        : checked("AMEBO_PREVIOUS_SECRET", given, SHORTEST_SECRET, Integer.MAX_VALUE);
  }

  private static Secret checked(String name, Secret given, int shortest, int longest) {
    int length = given.reveal().getBytes(StandardCharsets.UTF_8).length;
    if (length < shortest || length > longest) {
      throw new IllegalArgumentException(
          name
              + ": has "
              + length
              + " bytes, allowed: "
              + shortest
              + (longest == Integer.MAX_VALUE ? " or more" : " to " + longest));
    }
    String letters = given.reveal().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    if (SAMPLES.contains(letters)) {
      throw new IllegalArgumentException(
          name + ": is a sample from a documentation, known to everyone; choose your own");
    }
    return given;
  }

  private static Secret kept(Path file, String name) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      if (!Files.exists(file)) {
        write(file, generate());
        log.warn("{} is not set: generated, and kept in {}", name, file);
      }
      String text = Files.readString(file).strip();
      if (text.length() < SHORTEST_SECRET) {
        throw new IllegalArgumentException(
            file + " is not the generated " + name + "; restore it, or set " + name);
      }
      return Secret.of(text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the generated " + name + " in " + file, e);
    }
  }

  private static String generate() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Whole or not at all: a crash between must not leave half a secret. */
  private static void write(Path file, String text) throws IOException {
    boolean posix = Files.getFileStore(file.getParent()).supportsFileAttributeView("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Path fresh =
        Files.createTempFile(file.getParent(), file.getFileName().toString(), "", ownerOnly);
    Files.writeString(fresh, text + "\n");
    try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
