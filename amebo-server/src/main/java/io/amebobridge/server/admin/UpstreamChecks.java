package io.amebobridge.server.admin;

import io.amebobridge.client.Secret;
import io.amebobridge.client.WebhookSignature;
import io.amebobridge.server.registry.EventSchema;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Registrar;
import io.amebobridge.server.registry.Wording;

/** Says what is kept as upstream has it, although it could not be registered here. */
final class UpstreamChecks {
  private final UpstreamReport.Tally tally;

  UpstreamChecks(UpstreamReport.Tally tally) {
    this.tally = tally;
  }

  void name(String table, String name) {
    note(
        table,
        name,
        "the name works, but could not be registered here",
        () -> Wording.name("name", name));
  }

  void address(String application, String address) {
    note(
        "applications",
        application,
        "nothing can be sent to its address; set it with PUT /v1/applications/:id",
        () -> Wording.url("address", address));
  }

  void handler(String subscription, String handler) {
    note(
        "subscriptions",
        subscription,
        "nothing can be sent to its handler; set it with PUT /v1/subscriptions/:id",
        () -> Wording.handler(handler));
  }

  void schema(String action, String schemata) {
    EventSchema.stored(schemata)
        .invalid()
        .ifPresent(
            why ->
                tally.note(
                    "actions",
                    action,
                    "the schema is not valid, so that every event is refused until it is changed"
                        + " with PUT /v1/actions/:action ("
                        + why
                        + ")"));
  }

  void secret(String application, Secret secret) {
    try {
      WebhookSignature.of(secret);
      note(
          "applications",
          application,
          "the secret is kept, but could not be registered here; change it with"
              + " PUT /v1/applications/:id",
          () -> Registrar.checkSecret(secret));
    } catch (IllegalArgumentException e) {
      tally.note(
          "applications",
          application,
          "no webhook can be signed with its secret, so that none is sent; change it with"
              + " PUT /v1/applications/:id ("
              + e.getMessage()
              + ")");
    }
  }

  private void note(String table, String which, String what, Runnable check) {
    try {
      check.run();
    } catch (Refusal e) {
      tally.note(table, which, what + " (" + e.getMessage() + ")");
    }
  }
}
