package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.security.Tokens;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Pages for the administrator, without scripts. Their login is a cookie that no other route takes,
 * so that no other site can have a browser write with it.
 */
final class PageRoutes {
  private static final Set<String> FORM = Set.of("application/x-www-form-urlencoded");
  private static final Set<String> OWN = Set.of("same-origin", "none");
  private static final String HTML = "text/html";
  private final TokenRoutes tokens;
  private final PageTables tables;

  PageRoutes(Services services, TokenRoutes tokens) {
    this.tokens = tokens;
    this.tables = new PageTables(services);
  }

  void on(Routes routes) {
    routes
        .get("/", exchange -> Future.succeededFuture(login(200, "")))
        .says("Pages", "Shows the login page.")
        .by(Access.ANYONE)
        .answers(200, "The page.", HTML);
    Shape form = Shape.object().with("username", Shape.text()).with("password", Shape.text());
    routes
        .withBody(HttpMethod.POST, "/login", 16 << 10, FORM, this::enter)
        .says("Pages", "Takes the login page's form.")
        .by(Access.ANYONE)
        .takes(form)
        .empty(303, "Logged in: to the overview.")
        .header(303, "Location", "/p/overview")
        .header(303, "Set-Cookie", "The token as Authentication, for the pages only.")
        .answers(401, "The password is wrong: the page again.", HTML)
        .refuses(403, "The form is another site's.");
    routes
        .withBody(HttpMethod.POST, "/logout", 1 << 10, Set.of(), this::leave)
        .says("Pages", "Ends the login of this browser.")
        .by(Access.ANYONE)
        .empty(303, "To the login page.")
        .header(303, "Location", "/")
        .header(303, "Set-Cookie", "Removes the cookie.")
        .refuses(403, "The form is another site's.");
    routes
        .get("/p/:page", this::page)
        .says("Pages", "Shows a page of what is there.")
        .by(Access.PAGES)
        .in("page", Shape.oneOf(PageTables.NAMES.toArray(new String[0])), "Which.")
        .query("page", Shape.integer().from(1, Integer.MAX_VALUE).otherwise(1), "Which part.")
        .answers(200, "The page.", HTML)
        .answers(404, "There is no such page.", HTML)
        .empty(307, "Not logged in: to the login page.")
        .header(307, "Location", "/");
  }

  private Future<Answer> page(Exchange exchange) {
    String name = exchange.path("page");
    if (!PageTables.NAMES.contains(name)) {
      Html main = new Html().tag("h1", "There is no such page");
      return Future.succeededFuture(Html.page(404, "Amebo", header(""), main));
    }
    Long number = exchange.number("page");
    long page = number == null ? 1 : Math.max(1, Math.min(number, Integer.MAX_VALUE));
    return exchange
        .listing(() -> tables.main(name, page))
        .map(main -> Html.page(200, "Amebo: " + name, header(name), main));
  }

  private static Html header(String here) {
    Html header = new Html().raw("<header><strong>Amebo</strong>");
    for (String name : PageTables.NAMES) {
      String label = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
      header.link("/p/" + name, label, name.equals(here));
    }
    return header
        .link("/docs", "API", false)
        .raw("<form method=\"post\" action=\"/logout\"><button>Log out</button></form></header>\n");
  }

  private static Answer login(int status, String problem) {
    Html main = new Html().raw("<form class=\"login\" method=\"post\" action=\"/login\">");
    main.tag("h1", "Amebo");
    if (!problem.isEmpty()) {
      main.raw("<p class=\"bad\">").text(problem).raw("</p>");
    }
    main.raw(
        "<label for=\"username\">Username</label>"
            + "<input id=\"username\" name=\"username\" autocomplete=\"username\" required>"
            + "<label for=\"password\">Password</label>"
            + "<input id=\"password\" name=\"password\" type=\"password\""
            + " autocomplete=\"current-password\" required><button>Log in</button></form>");
    return Html.page(status, "Amebo", new Html(), main);
  }

  private Future<Answer> enter(Exchange exchange) {
    ownForm(exchange);
    HttpServerRequest request = exchange.context().request();
    String username = String.valueOf(request.getFormAttribute("username"));
    String password = String.valueOf(request.getFormAttribute("password"));
    if (username.isEmpty() || password.isEmpty()) {
      return Future.succeededFuture(login(401, "Both are needed."));
    }
    return tokens
        .login(exchange, username, Secret.of(password))
        .map(
            (Tokens.Issued issued) ->
                Answer.empty(303)
                    .with(
                        Map.of(
                            "Location",
                            "/p/overview",
                            "Cache-Control",
                            "no-store",
                            "Set-Cookie",
                            TokenRoutes.cookie(exchange, issued))))
        .recover(
            failure ->
                failure instanceof Refusal refusal && refusal.status() == 401
                    ? Future.succeededFuture(login(401, "The name or the password is wrong."))
                    : Future.failedFuture(failure));
  }

  private Future<Answer> leave(Exchange exchange) {
    ownForm(exchange);
    return Future.succeededFuture(
        Answer.empty(303)
            .with(Map.of("Location", "/", "Set-Cookie", TokenRoutes.noCookie(exchange))));
  }

  /** Browsers say where a form comes from; another site must not log anyone in or out. */
  private static void ownForm(Exchange exchange) {
    String site = exchange.context().request().getHeader("Sec-Fetch-Site");
    if (site != null && !OWN.contains(site)) {
      throw new Refusal(403, "Sec-Fetch-Site - got " + site + ": the form is another site's");
    }
  }
}
