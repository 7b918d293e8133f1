package io.amebobridge.server.http;

import io.vertx.core.Future;
import java.util.List;

/** The description of all routes. Confined to one event loop. */
final class DocumentRoutes {
  private final OpenApi openApi;
  private String document = "";

  DocumentRoutes(List<Endpoint> table, String version) {
    this.openApi = new OpenApi(table, version);
  }

  void on(Routes routes) {
    routes
        .get("/openapi.json", this::json)
        .says("Description", "Answers this description: OpenAPI 3.1.")
        .by(Access.ANYONE)
        .answers(200, "The description.", Shape.object());
  }

  private Future<Answer> json(Exchange exchange) {
    if (document.isEmpty()) {
      document = openApi.document().toString();
    }
    return Future.succeededFuture(Answer.text(200, document));
  }
}
