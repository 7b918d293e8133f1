package io.amebobridge.core.config;

import java.util.Comparator;

/**
 * One thing wrong with the config.
 *
 * @param file the file's name, or that of another place such as the environment
 * @param line from 1; 0 where the place has no lines
 * @param column from 1
 * @param path such as {@code routes[0].action}
 * @param what what is wrong, with the value got and the values allowed; never a secret
 */
public record ConfigProblem(String file, int line, int column, String path, String what)
    implements Comparable<ConfigProblem> {
  private static final Comparator<ConfigProblem> ORDER =
      Comparator.comparing(ConfigProblem::file)
          .thenComparingInt(ConfigProblem::line)
          .thenComparingInt(ConfigProblem::column)
          .thenComparing(ConfigProblem::path)
          .thenComparing(ConfigProblem::what);

  @Override
  public int compareTo(ConfigProblem other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    String place = line == 0 ? file : file + ":" + line + ":" + column;
    return place + ": " + (path.isEmpty() ? "" : path + ": ") + what;
  }
}
