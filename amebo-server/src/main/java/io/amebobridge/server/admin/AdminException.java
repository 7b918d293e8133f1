package io.amebobridge.server.admin;

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
  static AdminException because(String what, Throwable cause) {
    String said = cause.getMessage();
    return new AdminException(what + ": " + (said == null ? cause.toString() : said), cause);
  }
}
