package io.amebobridge.cli;

import io.amebobridge.client.AmeboException;
import io.amebobridge.client.ServerStatus;
import io.amebobridge.core.Connector;
import io.amebobridge.core.Message;
import io.amebobridge.core.Router;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.SourceException;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.DeadLettersConfig;
import io.amebobridge.core.config.SourceConfig;
import io.amebobridge.core.mapping.MappingRouter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amebo check}. */
@Command(
    name = "check",
    description = {
      "Reads the config, connects to both ends and says what it finds; with --sample also what real"
          + " messages would become.",
      "Changes nothing: it joins no group, commits nothing, publishes nothing.",
      "Exit code 1 if an end can't be reached, or if a sample would be a dead letter."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo check -c bridge.yaml --sample 5")
final class CheckVerb implements Callable<Integer> {
  @Mixin private ConfigOption config;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "0",
      description = "Show what the first N messages of each source would become (default: 0).")
  private int samples;

  @Option(names = "--json", description = "The findings as one JSON object on standard output.")
  private boolean json;

  private final Map<String, Object> report = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (samples < 0 || samples > 1000) {
      throw new Failures.WrongUsage("--sample: got " + samples + ", allowed: 0 to 1000");
    }
    BridgeConfig bridgeConfig = config.read();
    line(
        "config   "
            + config.file()
            + ": right; "
            + bridgeConfig.routes().size()
            + " route(s), "
            + bridgeConfig.tests().size()
            + " test(s)");
    report.put("warnings", bridgeConfig.warnings());
    bridgeConfig.warnings().forEach(w -> line("warning  " + w));
    report.put("amebo", amebo(bridgeConfig));
    Router router = MappingRouter.factory(bridgeConfig).get();
    Map<String, Object> sources = new LinkedHashMap<>();
    for (SourceConfig source : bridgeConfig.sources().values()) {
      sources.put(source.name(), source(source, router));
    }
    report.put("sources", sources);
    report.put("deadLetters", deadLetters(bridgeConfig.deadLetters()));
    report.put("failures", failures);
    if (json) Json.print(report);
    else Output.reports().println(failures.isEmpty() ? "all good" : failures.size() + " failed");
    return failures.isEmpty() ? Main.DONE : Main.FAILED;
  }

  private Map<String, Object> amebo(BridgeConfig bridgeConfig)
      throws IOException, InterruptedException, ConfigException {
    Map<String, Object> found = new LinkedHashMap<>();
    String embedded = bridgeConfig.amebo().embedded();
    if (embedded != null) {
      // Starting it would create or migrate its database.
      line("amebo    embedded: " + embedded + " (starts with run)");
      found.put("embedded", embedded);
      return found;
    }
    String url = String.valueOf(bridgeConfig.amebo().url());
    found.put("url", url);
    try (Wiring.Amebo amebo = Wiring.amebo(bridgeConfig.amebo())) {
      ServerStatus status = amebo.api().status();
      amebo.api().checkCredentials();
      found.put("kind", status.kind().name());
      found.put("version", status.version());
      line("amebo    " + url + ": " + describe(status));
    } catch (AmeboException.Unavailable e) {
      fail("amebo", url + ": " + e.getMessage() + "; start it, or correct amebo.url");
    } catch (AmeboException e) {
      fail("amebo", url + ": " + e.getMessage());
    }
    return found;
  }

  private static String describe(ServerStatus status) {
    if (status.kind() == ServerStatus.Kind.UPSTREAM) {
      return "an upstream Amebo server; events go one by one, and it can't check the credentials";
    }
    return "amebo-bridge server " + status.version() + ", credentials accepted";
  }

  private Map<String, Object> source(SourceConfig source, Router router)
      throws InterruptedException {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("type", source.type());
    try {
      Connector.Inspection inspection = source.factory().inspect(samples);
      found.put("facts", inspection.facts());
      found.put("warnings", inspection.warnings());
      inspection.facts().forEach(f -> line("source   " + source.name() + ": " + f));
      inspection.warnings().forEach(w -> line("warning  " + source.name() + ": " + w));
      List<Map<String, Object>> shown = new ArrayList<>();
      for (Message m : inspection.samples()) shown.add(sample(m, router));
      if (samples > 0) found.put("samples", shown);
    } catch (SourceException e) {
      fail("source " + source.name(), String.valueOf(e.getMessage()));
    }
    return found;
  }

  private Map<String, Object> deadLetters(DeadLettersConfig letters) throws InterruptedException {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("file", letters.directory().toString());
    if (letters.copies() == null) return found;
    try {
      List<String> facts = letters.copies().inspect();
      found.put("facts", facts);
      facts.forEach(f -> line("letters  " + f));
    } catch (SinkException e) {
      fail("dead letters", String.valueOf(e.getMessage()));
    }
    return found;
  }

  private Map<String, Object> sample(Message message, Router router) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("message", Json.message(message));
    line("sample   " + message.origin().where() + "  " + Json.text(message.body()));
    Router.Routing routing = router.route(message);
    if (routing instanceof Router.Mapped mapped) {
      shown.put("route", mapped.route());
      shown.put("events", mapped.messages().stream().map(Json::event).toList());
      mapped
          .messages()
          .forEach(m -> line("           -> " + m.address() + "  " + Json.text(m.body())));
    } else if (routing instanceof Router.Filtered filtered) {
      shown.put("filteredBy", filtered.rule());
      line("           -> filtered by " + filtered.rule());
    } else if (routing instanceof Router.Failed failed) {
      shown.put("deadLetter", failed.reason());
      line("           -> DEAD LETTER: " + failed.reason());
      failures.add(message.origin().where() + " would be a dead letter: " + failed.reason());
    }
    return shown;
  }

  private void fail(String what, String why) {
    failures.add(what + ": " + why);
    line("FAILED   " + what + ": " + why);
  }

  private void line(String text) {
    if (!json) Output.reports().println(text);
  }
}
