package io.amebobridge.cli;

import io.amebobridge.core.deadletter.DeadLetterReader;
import io.amebobridge.core.deadletter.StoredDeadLetter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code amebo dead-letters show}. */
@Command(
    name = "show",
    description = "Shows one dead letter whole, with its body and what it had become.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo dead-letters show -c bridge.yaml 00000001-1")
final class DeadLettersShowVerb implements Callable<Integer> {
  @Mixin private ConfigOption config;

  @Parameters(paramLabel = "ID", description = "As list shows it.")
  private String id;

  @Option(names = "--json", description = "On one line.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    StoredDeadLetter letter =
        DeadLetterOptions.find(new DeadLetterReader(config.read().deadLetters().directory()), id);
    if (json) {
      Json.print(Json.full(letter));
    } else {
      JsonMapper pretty = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
      Output.reports().println(pretty.writeValueAsString(Json.full(letter)));
    }
    return Main.DONE;
  }
}
