package io.amebobridge.core.mapping;

import java.util.List;

/**
 * What became of one of the config's tests.
 *
 * @param line from 1, where the test stands in the file
 * @param differences for people, a line each; empty where it passed
 */
public record TestResult(String name, int line, boolean passed, List<String> differences) {
  public TestResult {
    differences = List.copyOf(differences);
  }
}
