package io.amebobridge.core.amebo;

import java.util.Objects;

/**
 * How the sink talks to Amebo. Immutable.
 *
 * @param application who publishes; for messages to people
 * @param maxBatchMessages events in one request to our server
 * @param maxBatchBytes bytes in one request to our server, about; one larger message goes alone
 * @param singleConcurrency events under way at a time to an upstream server
 */
public record AmeboSinkSettings(
    String application, int maxBatchMessages, long maxBatchBytes, int singleConcurrency) {
  public AmeboSinkSettings {
    Objects.requireNonNull(application, "application");
    if (maxBatchMessages < 1) {
      throw new IllegalArgumentException("maxBatchMessages " + maxBatchMessages + " < 1");
    }
    if (maxBatchBytes < 1) {
      throw new IllegalArgumentException("maxBatchBytes " + maxBatchBytes + " < 1");
    }
    if (singleConcurrency < 1) {
      throw new IllegalArgumentException("singleConcurrency " + singleConcurrency + " < 1");
    }
  }

  /** 500 events and 4 MiB a request; 32 single events at a time. */
  public static AmeboSinkSettings defaults(String application) {
    return new AmeboSinkSettings(application, 500, 4L << 20, 32);
  }
}
