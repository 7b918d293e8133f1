package io.amebobridge.core.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects everything that is wrong with a config. Not thread-safe. */
public final class Problems {
  /** A set: a section that is read twice says the same twice. */
  private final Set<ConfigProblem> found = new LinkedHashSet<>();

  public void add(ConfigProblem problem) {
    found.add(problem);
  }

  /** In the order of the file. */
  public List<ConfigProblem> found() {
    return found.stream().sorted().toList();
  }

  public boolean none() {
    return found.isEmpty();
  }

  /** Throws if anything was found. */
  public void refuse() throws ConfigException {
    if (!found.isEmpty()) throw new ConfigException(found());
  }
}
