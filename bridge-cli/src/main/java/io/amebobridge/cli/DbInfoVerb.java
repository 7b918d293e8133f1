package io.amebobridge.cli;

import io.amebobridge.server.admin.DatabaseInfo;
import io.amebobridge.server.store.Schema;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amebo db info}. */
@Command(
    name = "info",
    description =
        "What is in a database: its schema's version, its migrations, how much it holds. Works"
            + " while servers run, and changes nothing.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo db info --dsn sqlite:./data/amebo.db")
final class DbInfoVerb implements Callable<Integer> {
  @Mixin private DsnOption dsn;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    DatabaseInfo info = dsn.open().info();
    if (json) Json.print(json(info));
    else print(info, Output.reports());
    return Main.DONE;
  }

  private static void print(DatabaseInfo info, PrintStream out) {
    out.println("database    " + info.location() + " (" + info.engine() + ")");
    out.println("size        " + info.bytes() + " bytes");
    out.println(
        "schema      version "
            + info.schemaApplied()
            + (info.newer()
                ? ", newer than this program knows (" + info.schemaKnown() + ")"
                : info.pending() == 0
                    ? ", current"
                    : ", " + info.pending() + " pending; apply with: amebo db migrate"));
    for (Schema.Step step : info.migrations()) {
      out.println(
          "  v"
              + step.version()
              + "  "
              + (step.appliedAt() == null ? state(step) : step.appliedAt())
              + "  "
              + step.description()
              + (step.altersData() ? " (alters data)" : ""));
    }
    DatabaseInfo.Counts counts = info.counts();
    if (counts != null) {
      out.println("holds       " + DbProgress.rows(counts(counts)));
    }
    out.println("oldest      " + event(info.oldestEvent()));
    out.println("newest      " + event(info.newestEvent()));
    if (info.unfinishedImport() != null) {
      out.println(
          "WARNING     an import that began at "
              + info.unfinishedImport()
              + " did not finish; repeat it with: amebo db import --force");
    }
  }

  private static String event(DatabaseInfo.@Nullable Event event) {
    return event == null ? "no event" : "event " + event.id() + " at " + event.at();
  }

  private static String state(Schema.Step step) {
    return step.state().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Long> counts(DatabaseInfo.Counts counts) {
    Map<String, Long> json = new LinkedHashMap<>();
    json.put("applications", counts.applications());
    json.put("actions", counts.actions());
    json.put("events", counts.events());
    json.put("subscriptions", counts.subscriptions());
    json.put("openDeliveries", counts.openDeliveries());
    json.put("deadDeliveries", counts.deadDeliveries());
    return json;
  }

  private static Map<String, @Nullable Object> json(DatabaseInfo info) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("engine", info.engine());
    json.put("location", info.location());
    json.put("bytes", info.bytes());
    json.put("schemaKnown", info.schemaKnown());
    json.put("schemaApplied", info.schemaApplied());
    json.put("newer", info.newer());
    json.put("pending", info.pending());
    json.put("migrations", info.migrations().stream().map(DbInfoVerb::step).toList());
    DatabaseInfo.Counts counts = info.counts();
    json.put("counts", counts == null ? null : counts(counts));
    json.put("oldestEvent", eventJson(info.oldestEvent()));
    json.put("newestEvent", eventJson(info.newestEvent()));
    json.put("secretFingerprint", info.secretFingerprint());
    json.put("unfinishedImport", info.unfinishedImport());
    return json;
  }

  static Map<String, @Nullable Object> step(Schema.Step step) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", step.version());
    json.put("description", step.description());
    json.put("state", state(step));
    json.put("appliedAt", step.appliedAt() == null ? null : step.appliedAt().toString());
    json.put("altersData", step.altersData());
    return json;
  }

  private static @Nullable Map<String, Object> eventJson(DatabaseInfo.@Nullable Event event) {
    return event == null ? null : Map.of("id", event.id(), "at", event.at().toString());
  }
}
