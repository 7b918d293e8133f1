package io.amebobridge.cli;

import io.amebobridge.cli.serve.ServeDocuments;
import io.amebobridge.core.config.BridgeConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code amebo schema}. */
@Command(
    name = "schema",
    description = "Prints the JSON Schema of bridge.yaml or amebo.json, for editors.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  amebo schema > bridge.schema.json",
      "  amebo schema --server > amebo.schema.json",
      "  then, as the first line of bridge.yaml: # yaml-language-server: $schema=bridge.schema.json"
    })
final class SchemaVerb implements Callable<Integer> {
  @Option(
      names = "--server",
      description = "That of amebo.json, which configures amebo serve, instead of bridge.yaml's.")
  private boolean server;

  @Override
  public Integer call() {
    Output.reports().println(server ? ServeDocuments.schema() : BridgeConfig.schema());
    return Main.DONE;
  }
}
