package io.amebobridge.server.admin;

import io.amebobridge.server.store.Schema;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** The database was not read or changed as asked; the message says why and what to do. */
public final class AdminException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AdminException(String message) {
    super(message);
  }

  AdminException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** With the text of a cause that may have none. */
  static AdminException because(String what, Exception cause) {
    String said = cause.getMessage() == null ? cause.toString() : Schema.why(cause);
    if (cause instanceof NoSuchFileException) {
      said = "there is no " + said; // it names the file alone
    } else if (cause instanceof AccessDeniedException) {
      said = "no access to " + said;
    }
    return new AdminException(what + ": " + said, cause);
  }
}
