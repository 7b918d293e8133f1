package io.amebobridge.aws;

import io.amebobridge.core.SendResult;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;

/** A queue or topic that takes batches. Thread-safe. */
interface SendTarget {
  /**
   * Looks for it; waits for the answer.
   *
   * @throws SdkException where it can't be used
   */
  void look();

  /**
   * One request; waits for the answer.
   *
   * @param entries at most ten, together within the service's limit
   * @return one result per entry, in order
   * @throws SdkException where there is no answer, or one about the whole request
   */
  List<SendResult> send(List<SendEntry> entries);

  /** Whether it has been there before: then it may come again. */
  boolean wasThere();

  /** For people. */
  @Override
  String toString();
}
