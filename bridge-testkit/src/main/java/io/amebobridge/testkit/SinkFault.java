package io.amebobridge.testkit;

/** What the other end of a sink can suffer from. */
public enum SinkFault {
  /** It can't be reached, or answers that it can't now; it stores nothing. */
  AWAY,
  /** Well for two more requests, as {@link #AWAY} for the third, then well again. */
  FAILS_ONCE,
  /** It does not answer; at the end of the fault it does, to all that has come meanwhile. */
  SILENT,
  /** It stores nothing and asks to be left alone for {@link SinkHarness#RETRY_AFTER}. */
  THROTTLING,
  /** The credentials are no longer good. */
  DENYING,
  /** It stores, and its answer is lost. */
  ANSWERS_LOST,
  /** It redirects elsewhere, which must not be followed. */
  REDIRECTING
}
