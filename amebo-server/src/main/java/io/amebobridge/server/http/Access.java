package io.amebobridge.server.http;

/** Who may call a route. TOKEN, ADMIN and PAGES are enforced before the route's handler runs. */
enum Access {
  ANYONE("Anyone."),
  /** Answers everyone, and says more to those with a token. */
  MORE_WITH_TOKEN("Anyone; says more to those with a token."),
  /** The body carries the application's secret, or the request a token; the handler compares. */
  SECRET_OR_TOKEN("The application, by its secret in the body or by its token; the administrator."),
  TOKEN("Anyone with a token."),
  ADMIN("The administrator."),
  /** The pages for people: by the cookie of their login, which no other route takes. */
  PAGES("The administrator, by the cookie of the login page.");

  private final String text;

  Access(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
