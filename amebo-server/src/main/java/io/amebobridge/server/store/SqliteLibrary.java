package io.amebobridge.server.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.OSInfo;

/**
 * SQLite's native library, loaded so that a process that is killed leaves no file of it behind: the
 * driver unpacks it into the directory for temporary files and removes it at an orderly end only,
 * never what a killed process left. Thread-safe.
 */
public final class SqliteLibrary {
  private static final Logger log = LoggerFactory.getLogger(SqliteLibrary.class);
  private static final String INSTALLED = "org.sqlite.lib.path";
  private static boolean done;

  private SqliteLibrary() {}

  /** Loads it unless that was done; where it cannot be, the driver goes its own way. */
  public static synchronized void load() {
    if (done) {
      return;
    }
    done = true;
    if (System.getProperty(INSTALLED) != null || System.getProperty("org.sqlite.tmpdir") != null) {
      return; // the user's own choice, which the driver follows
    }
    String name = System.mapLibraryName("sqlitejdbc");
    String place = "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/";
    try (InputStream library = SQLiteJDBCLoader.class.getResourceAsStream(place + name)) {
      if (library != null) {
        load(library, name);
      }
    } catch (Exception e) { // the driver's loader declares no less
      log.debug("SQLite's library is left to its driver", e);
    }
  }

  private static void load(InputStream library, String name) throws Exception {
    Path directory = Files.createTempDirectory("amebo-sqlite");
    Path file = directory.resolve(name);
    try {
      Files.copy(library, file);
      System.setProperty(INSTALLED, directory.toString());
      SQLiteJDBCLoader.initialize();
    } finally {
      System.clearProperty(INSTALLED);
      remove(file, directory);
    }
  }

  /** A loaded library needs its file no more, except on Windows. */
  private static void remove(Path file, Path directory) {
    try {
      Files.deleteIfExists(file);
      Files.delete(directory);
    } catch (IOException e) {
      log.debug("{} stays", directory, e);
    }
  }
}
