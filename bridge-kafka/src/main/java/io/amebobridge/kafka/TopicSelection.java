package io.amebobridge.kafka;

import io.amebobridge.core.Selector;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The topics that the routes ask for, by name or by pattern. Immutable. */
record TopicSelection(List<Selector> selectors) {
  TopicSelection {
    selectors = selectors.stream().distinct().toList();
  }

  /** Those asked for by name; they must exist. */
  Set<String> names() {
    return selectors.stream()
        .filter(s -> !s.isPattern())
        .map(Selector::text)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  boolean hasPatterns() {
    return selectors.stream().anyMatch(Selector::isPattern);
  }

  static boolean matches(Selector selector, String topic) {
    return selector.isPattern()
        ? Pattern.matches(selector.text(), topic)
        : selector.text().equals(topic);
  }

  /** Of these topics the ones selected. */
  Set<String> of(Collection<String> topics) {
    return topics.stream()
        .filter(t -> selectors.stream().anyMatch(s -> matches(s, t)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** One pattern for all of them, as a consumer can't subscribe to names and patterns. */
  Pattern pattern() {
    return Pattern.compile(
        selectors.stream()
            .map(s -> s.isPattern() ? "(?:" + s.text() + ")" : Pattern.quote(s.text()))
            .collect(Collectors.joining("|")));
  }

  @Override
  public String toString() {
    return selectors.stream()
        .map(s -> s.isPattern() ? "/" + s.text() + "/" : s.text())
        .collect(Collectors.joining(", "));
  }
}
