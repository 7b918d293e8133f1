package io.amebobridge.server.http;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The description of all routes, for machines and for people. Confined to one event loop. */
final class DocumentRoutes {
  private final OpenApi openApi;
  private @Nullable Answer json;
  private @Nullable Answer page;

  DocumentRoutes(List<Endpoint> table, String version) {
    this.openApi = new OpenApi(table, version);
  }

  void on(Routes routes) {
    routes
        .get("/openapi.json", exchange -> Future.succeededFuture(json()))
        .says("Description", "Answers this description: OpenAPI 3.1.")
        .by(Access.ANYONE)
        .answers(200, "The description.", Shape.object());
    routes
        .get("/docs", exchange -> Future.succeededFuture(page()))
        .says("Description", "Shows this description as a page.")
        .by(Access.ANYONE)
        .answers(200, "The page.", "text/html");
  }

  // Made on the first request: the table is complete only when the server has started.

  private Answer json() {
    Answer known = json;
    if (known == null) {
      known = Answer.text(200, openApi.document().toString());
      json = known;
    }
    return known;
  }

  private Answer page() {
    Answer known = page;
    if (known == null) {
      ObjectNode document = openApi.document();
      known = new DocsPage(document).page();
      page = known;
    }
    return known;
  }
}
