package io.amebobridge.cli;

import io.amebobridge.core.Inventory;
import io.amebobridge.core.SourceException;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.SourceConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amebo inventory}. */
@Command(
    name = "inventory",
    description = {
      "What there is at the sources' brokers: for RabbitMQ, by its management API, the queues with"
          + " their limits, policies, consumers and the ways that lead to them; for SQS, its region's"
          + " topics, subscriptions and queues, and what wants a look before a move.",
      "Changes nothing. Exit code 1 if a broker can't be reached."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo inventory -c bridge.yaml --source shop --json")
final class InventoryVerb implements Callable<Integer> {
  @Mixin private ConfigOption config;

  @Option(names = "--source", paramLabel = "NAME", description = "Only this source's broker.")
  private @Nullable String source;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Map<String, @Nullable Object> report = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    BridgeConfig bridgeConfig = config.read();
    for (SourceConfig each : chosen(bridgeConfig)) report.put(each.name(), look(each));
    if (json) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      all.put("sources", report);
      all.put("failures", failures);
      Json.print(all);
    }
    return failures.isEmpty() ? Main.DONE : Main.FAILED;
  }

  private List<SourceConfig> chosen(BridgeConfig bridgeConfig) {
    if (source == null) return List.copyOf(bridgeConfig.sources().values());
    SourceConfig one = bridgeConfig.sources().get(source);
    if (one != null) return List.of(one);
    throw new Failures.WrongUsage(
        "--source: got " + source + ", allowed: " + bridgeConfig.sources().keySet());
  }

  private @Nullable Map<String, @Nullable Object> look(SourceConfig each)
      throws InterruptedException {
    try {
      Optional<Inventory> found = each.factory().inventory();
      if (found.isEmpty()) {
        line("source " + each.name() + ": there is no inventory of " + each.type() + " yet");
        return null;
      }
      if (!json) print(each.name(), found.get());
      Map<String, @Nullable Object> said = new LinkedHashMap<>(found.get().json());
      said.put("warnings", found.get().warnings());
      return said;
    } catch (SourceException e) {
      failures.add("source " + each.name() + ": " + e.getMessage());
      line("FAILED   source " + each.name() + ": " + e.getMessage());
      return null;
    }
  }

  private void print(String name, Inventory found) {
    found.warnings().forEach(w -> line("warning  " + name + ": " + w));
    for (Inventory.Table table : found.tables()) {
      line("");
      line(name + ": " + table.title() + (table.rows().isEmpty() ? ": none" : ""));
      if (!table.rows().isEmpty()) TextTable.lines(table).forEach(this::line);
    }
  }

  private void line(String text) {
    if (!json) Output.reports().println(text);
  }
}
