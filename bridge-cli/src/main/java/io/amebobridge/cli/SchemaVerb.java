package io.amebobridge.cli;

import io.amebobridge.core.config.BridgeConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code amebo schema}. */
@Command(
    name = "schema",
    description = "Prints the JSON Schema of bridge.yaml, for editors.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  amebo schema > bridge.schema.json",
      "  then, as the first line of bridge.yaml: # yaml-language-server: $schema=bridge.schema.json"
    })
final class SchemaVerb implements Callable<Integer> {
  @Override
  public Integer call() {
    Output.reports().println(BridgeConfig.schema());
    return Main.DONE;
  }
}
