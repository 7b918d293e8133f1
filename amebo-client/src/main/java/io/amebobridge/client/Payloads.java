package io.amebobridge.client;

import java.util.Optional;

/** Refuses payloads that can't be embedded in a request. */
final class Payloads {
  private Payloads() {}

  static Optional<PublishResult> check(NewEvent event) {
    String invalid = Json.invalid(event.payload());
    return invalid == null
        ? Optional.empty()
        : Optional.of(PublishResult.rejected("The payload can't be sent: " + invalid));
  }
}
