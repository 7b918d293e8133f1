package io.amebobridge.cli;

import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterFilter;
import io.amebobridge.core.deadletter.DeadLetterReader;
import io.amebobridge.core.deadletter.StoredDeadLetter;
import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amebo dead-letters list}. */
@Command(
    name = "list",
    description = "Lists dead letters, the oldest first; may run beside the bridge.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo dead-letters list -c bridge.yaml --reason email --limit 20")
final class DeadLettersListVerb implements Callable<Integer> {
  @Mixin private ConfigOption config;
  @Mixin private DeadLetterOptions which;

  @Option(names = "--all", description = "Replayed and discarded ones too.")
  private boolean all;

  @Option(names = "--after", paramLabel = "ID", description = "Those after this one.")
  private @Nullable String after;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (limit < 1 || limit > 10_000) {
      throw new Failures.WrongUsage("--limit: got " + limit + ", allowed: 1 to 10000");
    }
    DeadLetterReader reader = new DeadLetterReader(config.read().deadLetters().directory());
    EnumSet<State> states = all ? EnumSet.allOf(State.class) : EnumSet.of(State.OPEN);
    DeadLetterReader.Page page = page(reader, which.filter(states));
    page.damaged().forEach(d -> System.err.println("amebo: damaged, skipped: " + d));
    if (json) Json.print(json(page));
    else print(page);
    return Main.DONE;
  }

  private DeadLetterReader.Page page(DeadLetterReader reader, DeadLetterFilter filter)
      throws IOException {
    try {
      return reader.list(filter, after, limit);
    } catch (IllegalArgumentException e) {
      throw new Failures.WrongUsage("--after: " + e.getMessage());
    }
  }

  private static void print(DeadLetterReader.Page page) {
    if (page.letters().isEmpty()) Output.reports().println("no dead letters");
    for (StoredDeadLetter stored : page.letters()) {
      DeadLetter letter = stored.letter();
      Output.reports()
          .printf(
              "%s  %s  %-8s  %s%n    %s%s%n",
              stored.id(),
              letter.at(),
              stored.state().name().toLowerCase(java.util.Locale.ROOT),
              letter.message().origin().where(),
              letter.route().isEmpty() ? "" : letter.route() + ": ",
              letter.reason());
    }
    if (page.next() != null) Output.reports().println("more: --after " + page.next());
  }

  private static Map<String, Object> json(DeadLetterReader.Page page) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("deadLetters", page.letters().stream().map(Json::summary).toList());
    json.put("next", page.next());
    json.put("damaged", page.damaged());
    return json;
  }
}
