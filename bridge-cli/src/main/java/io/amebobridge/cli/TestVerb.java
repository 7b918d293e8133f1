package io.amebobridge.cli;

import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.mapping.MappingTests;
import io.amebobridge.core.mapping.TestResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amebo test}. */
@Command(
    name = "test",
    description = {
      "Runs the tests beside the mapping: each input of the config's tests: against what it must"
          + " become. Connects to nothing.",
      "Exit code 0 if all pass, 1 if one fails."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo test -c bridge.yaml")
final class TestVerb implements Callable<Integer> {
  @Mixin private ConfigOption config;

  @Option(names = "--json", description = "The results as one JSON object on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    BridgeConfig bridgeConfig = config.read();
    List<TestResult> results = MappingTests.run(bridgeConfig);
    long failed = results.stream().filter(r -> !r.passed()).count();
    if (json) Json.print(json(results, failed));
    else print(results, failed);
    return failed == 0 ? Main.DONE : Main.FAILED;
  }

  private void print(List<TestResult> results, long failed) {
    for (TestResult result : results) {
      Output.reports().println((result.passed() ? "ok    " : "FAIL  ") + result.name());
      if (result.passed()) continue;
      Output.reports().println("      " + config.file() + ":" + result.line());
      result.differences().forEach(line -> Output.reports().println("      " + line));
    }
    if (results.isEmpty())
      Output.reports().println("no tests: in the config, write some under tests:");
    Output.reports().println(results.size() - failed + " passed, " + failed + " failed");
  }

  private static Map<String, Object> json(List<TestResult> results, long failed) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("passed", results.size() - failed);
    json.put("failed", failed);
    json.put(
        "tests",
        results.stream()
            .map(
                r -> {
                  Map<String, Object> test = new LinkedHashMap<>();
                  test.put("name", r.name());
                  test.put("passed", r.passed());
                  test.put("line", r.line());
                  test.put("differences", r.differences());
                  return test;
                })
            .toList());
    return json;
  }
}
