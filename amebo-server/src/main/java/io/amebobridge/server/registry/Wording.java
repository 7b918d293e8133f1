package io.amebobridge.server.registry;

import io.amebobridge.server.security.ReceiverUrl;
import io.amebobridge.server.store.Texts;
import org.jspecify.annotations.Nullable;

/** What names, URLs and patterns may be, whoever sends them; each check throws a Refusal. */
public final class Wording {
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_TEXT = 2048;
  private static final int MOST_STARS = 8;

  private Wording() {}

  /** A name, as it is used in paths and headers. */
  public static void name(String field, String value) {
    boolean fits = !value.isEmpty() && value.length() <= LONGEST_NAME;
    if (!fits || !value.chars().allMatch(Wording::isNameCharacter)) {
      throw new Refusal(
          400,
          field
              + " - allowed: up to "
              + LONGEST_NAME
              + " letters, digits and any of . _ - : / (got "
              + value.length()
              + " characters)");
    }
  }

  static void pattern(String value) {
    text("action", value);
    boolean fits = !value.isBlank() && value.length() <= LONGEST_NAME;
    if (!fits || value.chars().filter(c -> c == '*').count() > MOST_STARS) {
      throw new Refusal(400, "action - allowed: up to 255 characters with up to 8 times *");
    }
  }

  static void text(String field, @Nullable String value) {
    if (value != null && value.length() > LONGEST_TEXT) {
      throw new Refusal(400, field + " - is longer than " + LONGEST_TEXT + " characters");
    }
    if (value != null && !Texts.isStorable(value)) {
      throw new Refusal(400, field + " - has U+0000 or half of a surrogate pair");
    }
  }

  /** An http or https URL. */
  public static void url(String field, String value) {
    text(field, value);
    try {
      ReceiverUrl.parse(value);
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, field + " - " + e.getMessage());
    }
  }

  /** An absolute URL, or a path that can be appended to one. */
  public static void handler(String handler) {
    url("handler", handler.startsWith("/") ? "http://receiver" + handler : handler);
  }

  static void retries(int retries) {
    if (retries < 1 || retries > Subscription.MOST_RETRIES) {
      throw new Refusal(
          400,
          "max_retries - got "
              + retries
              + ", allowed: an integer from 1 to "
              + Subscription.MOST_RETRIES);
    }
  }

  private static boolean isNameCharacter(int c) {
    return Character.isLetterOrDigit(c) || "._-:/".indexOf(c) >= 0;
  }
}
