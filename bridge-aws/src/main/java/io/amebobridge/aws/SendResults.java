package io.amebobridge.aws;

import io.amebobridge.core.SendResult;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The results of a batch while they come in; an entry's id is its index. Used by one thread. */
final class SendResults {
  private final SendTarget target;
  private final SendErrors errors;
  private final @Nullable SendResult[] results;

  SendResults(SendTarget target, SendErrors errors, int entries) {
    this.target = target;
    this.errors = errors;
    results = new SendResult[entries];
  }

  static String id(int index) {
    return Integer.toString(index);
  }

  void rejected(int index, String why) {
    results[index] = SendResult.rejected(why);
  }

  void accepted(String id) {
    set(id, SendResult.accepted());
  }

  void failed(
      String id, @Nullable Boolean senderFault, @Nullable String code, @Nullable String message) {
    boolean fault = Boolean.TRUE.equals(senderFault);
    set(id, errors.of(fault, code == null ? "an error" : code, message, target));
  }

  /** An id that was not sent is no result of ours. */
  private void set(String id, SendResult result) {
    for (int i = 0; i < results.length; i++) {
      if (id(i).equals(id)) results[i] = result;
    }
  }

  /** One per entry, in order; of those that the service said nothing of, that. */
  List<SendResult> all() {
    for (int i = 0; i < results.length; i++) {
      if (results[i] != null) continue;
      results[i] = SendResult.unavailable(target + ": no result for a message of a batch", null);
    }
    return List.copyOf(Arrays.asList(results));
  }
}
