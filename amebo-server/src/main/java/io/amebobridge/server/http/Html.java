package io.amebobridge.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a page: text is escaped, tags are ours. No scripts, nothing from elsewhere. */
final class Html {
  private static final String STYLE =
      """
      body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#1d2733;background:#f6f7f9}
      header{background:#1d2733;color:#fff;padding:.7em 1.5em;display:flex;gap:1.2em;align-items:center;flex-wrap:wrap}
      header a{color:#cfe3ff;text-decoration:none}header a.here{color:#fff;font-weight:600}
      header form{margin-left:auto}
      main{padding:1em 1.5em;max-width:78em}
      table{border-collapse:collapse;background:#fff;width:100%;margin:.4em 0 1em}
      th,td{text-align:left;vertical-align:top;padding:.3em .7em;border:1px solid #dde2e8;overflow-wrap:anywhere}
      th{background:#eef1f5;white-space:nowrap}
      code,pre{font:13px/1.45 ui-monospace,monospace}
      pre{background:#1d2733;color:#e8edf2;padding:.7em 1em;overflow:auto;border-radius:4px}
      details{background:#fff;border:1px solid #dde2e8;border-radius:4px;margin:.4em 0;padding:.5em .9em}
      summary{cursor:pointer}summary code{font-weight:600}
      .get{color:#0b6b3a}.post{color:#0b4f9e}.put{color:#8a5a00}.delete{color:#a3201d}
      .bad{color:#a3201d;font-weight:600}.quiet{color:#5a6675}
      .login{max-width:22em;margin:8vh auto;background:#fff;padding:1.5em 2em;border:1px solid #dde2e8;border-radius:6px}
      label{display:block;margin:.7em 0 .2em}input{width:100%;box-sizing:border-box;padding:.45em;font:inherit}
      button{font:inherit;padding:.4em 1em;margin-top:1em;cursor:pointer}header button{margin:0}
      nav.pages{display:flex;gap:1em}
      """;

  /** For every page: only its own style runs, and nobody frames it. */
  static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; style-src 'sha256-"
              + digest(STYLE)
              + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cache-Control",
          "no-store");

  private final StringBuilder text = new StringBuilder(4096);

  /** A whole page. */
  static Answer page(int status, String title, Html header, Html main) {
    String page =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
            + escape(title)
            + "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>"
            + STYLE
            + "</style></head><body>"
            + header.text
            + "<main>"
            + main.text
            + "</main></body></html>\n";
    return Answer.plain(status, page, "text/html; charset=utf-8").with(HEADERS);
  }

  /** Markup of ours; never of others. */
  Html raw(String markup) {
    text.append(markup);
    return this;
  }

  Html text(@Nullable Object value) {
    text.append(escape(value == null ? "" : String.valueOf(value)));
    return this;
  }

  /** A tag around text. */
  Html tag(String name, @Nullable Object value) {
    return raw("<" + name + ">").text(value).raw("</" + name + ">");
  }

  Html link(String href, String label, boolean here) {
    return raw("<a href=\"" + escape(href) + "\"" + (here ? " class=\"here\"" : "") + ">")
        .text(label)
        .raw("</a>");
  }

  /** A row of cells. */
  Html row(String cell, Iterable<? extends @Nullable Object> cells) {
    raw("<tr>");
    cells.forEach(value -> tag(cell, value));
    return raw("</tr>\n");
  }

  static String escape(String value) {
    StringBuilder safe = new StringBuilder(value.length() + 16);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }

  private static String digest(String style) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }
}
