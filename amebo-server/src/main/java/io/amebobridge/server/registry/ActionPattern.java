package io.amebobridge.server.registry;

/** An action's name, where {@code *} stands for any characters, dots too. Immutable. */
public record ActionPattern(String text) {
  public boolean isPattern() {
    return text.indexOf('*') >= 0;
  }

  /** Linear in practice: one remembered star to come back to, no recursion. */
  public boolean matches(String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < text.length() && text.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < text.length() && text.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < text.length() && text.charAt(p) == '*') {
      p++;
    }
    return p == text.length();
  }
}
