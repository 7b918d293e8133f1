package io.amebobridge.server.registry;

import java.util.regex.PatternSyntaxException;

/**
 * How many steps a pattern may take between two characters that it reads: in {@code (?:){1000}} a
 * thousand. Nobody could count these, so they are limited beforehand. Reads only as much of the
 * syntax as that takes. Confined to one thread.
 */
final class PatternWeight {
  private static final int MOST = 1_000;
  private static final int DEEPEST = 100;
  private static final String ASSERTIONS = "bBAzZG";
  private final String text;
  private int at;

  /**
   * A piece of a pattern.
   *
   * @param empty whether it can match without reading a character
   */
  private record Piece(boolean empty, long weight) {}

  private PatternWeight(String text) {
    this.text = text;
  }

  /**
   * 1 for nearly all.
   *
   * @throws PatternSyntaxException where it is more than allowed, or cannot be told
   */
  static int of(String pattern) {
    PatternWeight reader = new PatternWeight(pattern);
    Piece all = reader.alternatives(0);
    if (reader.at < pattern.length()) {
      throw reader.refused("has a ) too many");
    }
    return (int) all.weight();
  }

  private Piece alternatives(int depth) {
    if (depth > DEEPEST) {
      throw refused("nests groups deeper than " + DEEPEST);
    }
    boolean empty = false;
    long weight = 1;
    do {
      Piece branch = sequence(depth);
      empty |= branch.empty();
      weight = Math.max(weight, branch.weight());
    } while (take('|'));
    return new Piece(empty, weight);
  }

  private Piece sequence(int depth) {
    boolean empty = true;
    long weight = 1;
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
      Piece piece = quantified(atom(depth));
      empty &= piece.empty();
      weight += piece.weight() - 1;
      if (weight > MOST) {
        throw refused("repeats what may be empty more than " + MOST + " times");
      }
    }
    return new Piece(empty, weight);
  }

  private Piece atom(int depth) {
    char c = text.charAt(at++);
    return switch (c) {
      case '(' -> group(depth);
      case '[' -> characterClass();
      case '\\' -> escape();
      case '^', '$' -> new Piece(true, 1);
      default -> new Piece(false, 1);
    };
  }

  private Piece group(int depth) {
    boolean zeroWidth = false;
    if (take('?')) {
      boolean behind = text.startsWith("<=", at) || text.startsWith("<!", at);
      zeroWidth = behind || text.startsWith("=", at) || text.startsWith("!", at);
      if (behind) {
        at += 2;
      } else if (take('<')) {
        at = Math.max(at, text.indexOf('>', at) + 1); // a name
      } else {
        // Flags end with : or ), and with x what looks like characters would be nothing.
        while (at < text.length() && ":)=!>".indexOf(text.charAt(at)) < 0) {
          if (text.charAt(at++) == 'x') {
            throw refused("uses the flag x, which JSON Schema does not know");
          }
        }
        if (at < text.length() && text.charAt(at) != ')') {
          at++;
        }
      }
    }
    Piece inner = alternatives(depth + 1);
    if (!take(')')) {
      throw refused("has a group that is not closed");
    }
    return zeroWidth ? new Piece(true, inner.weight()) : inner;
  }

  private Piece characterClass() {
    int open = 1;
    boolean first = true;
    take('^');
    while (at < text.length() && open > 0) {
      char c = text.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == '[') {
        open++;
        take('^');
        first = true;
        continue;
      } else if (c == ']' && !first) {
        open--;
      }
      first = false;
    }
    return new Piece(false, 1);
  }

  private Piece escape() {
    if (at >= text.length()) {
      throw refused("ends with a backslash");
    }
    char c = text.charAt(at++);
    if (c == 'Q' || c == 'E') {
      throw refused("uses \\Q, which JSON Schema does not know");
    }
    if ("pPxN".indexOf(c) >= 0 && at < text.length() && text.charAt(at) == '{') {
      at = Math.max(at, text.indexOf('}', at) + 1);
    } else if (c == 'k') {
      at = Math.max(at, text.indexOf('>', at) + 1);
    } else if (c == 'c') {
      at++;
    }
    boolean backReference = c == 'k' || (c >= '1' && c <= '9');
    return new Piece(backReference || ASSERTIONS.indexOf(c) >= 0, 1);
  }

  private Piece quantified(Piece atom) {
    Piece piece = atom;
    while (at < text.length() && "?*+{".indexOf(text.charAt(at)) >= 0) {
      char c = text.charAt(at++);
      long least = c == '{' ? count() : c == '+' ? 1 : 0;
      boolean empty = piece.empty() || least == 0;
      long weight = piece.empty() ? Math.max(1, least) * piece.weight() : piece.weight();
      piece = new Piece(empty, Math.min(weight, Integer.MAX_VALUE));
    }
    return piece;
  }

  /** The least of a {n}, {n,} or {n,m}; leaves the position after it. */
  private long count() {
    long least = 0;
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      least = Math.min(Integer.MAX_VALUE, least * 10 + Character.digit(text.charAt(at++), 10));
    }
    at = Math.max(at, text.indexOf('}', at) + 1);
    return least;
  }

  private boolean take(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private PatternSyntaxException refused(String why) {
    return new PatternSyntaxException(why, text, Math.min(at, text.length()));
  }
}
