package io.amebobridge.core;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What really failed. Stateless. */
public final class Causes {
  private Causes() {}

  /** Without what futures wrap around a failure. */
  public static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
