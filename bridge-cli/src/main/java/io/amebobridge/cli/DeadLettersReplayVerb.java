package io.amebobridge.cli;

import io.amebobridge.core.amebo.AmeboSink;
import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.deadletter.DeadLetterFilter;
import io.amebobridge.core.deadletter.DeadLetterReader;
import io.amebobridge.core.deadletter.DeadLetterReplay;
import io.amebobridge.core.deadletter.ReplayJournal;
import io.amebobridge.core.deadletter.StoredDeadLetter;
import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import io.amebobridge.core.mapping.MappingRouter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amebo dead-letters replay}. */
@Command(
    name = "replay",
    description = {
      "Sends open dead letters again, through the mapping as it is now and under the ids they had, so"
          + " that what Amebo has already is recognised. May run beside the bridge.",
      "Exit code 1 if one is still not accepted, or a line of the store is damaged."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo dead-letters replay -c bridge.yaml --route users")
final class DeadLettersReplayVerb implements Callable<Integer> {
  private static final int PAGE = 200;

  @Mixin private ConfigOption config;
  @Mixin private DeadLetterOptions which;

  @Parameters(paramLabel = "ID", arity = "0..*", description = "Only these; all open ones else.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Map<DeadLetterReplay.Result, Integer> counts =
      new EnumMap<>(DeadLetterReplay.Result.class);
  private final List<Map<String, Object>> notAccepted = new ArrayList<>();

  /** Places; a set, since each page of a file tells of the damage before it again. */
  private final Set<String> damaged = new LinkedHashSet<>();

  @Override
  public Integer call() throws Exception {
    BridgeConfig bridgeConfig = config.read();
    Path directory = bridgeConfig.deadLetters().directory();
    DeadLetterReader reader = new DeadLetterReader(directory);
    try (Wiring.Amebo amebo = Wiring.amebo(bridgeConfig.amebo());
        AmeboSink sink = new AmeboSink(amebo.api(), Wiring.sinkSettings(bridgeConfig.amebo()));
        ReplayJournal journal = ReplayJournal.open(directory, Clock.systemUTC())) {
      sink.open();
      DeadLetterReplay replay =
          new DeadLetterReplay(
              MappingRouter.factory(bridgeConfig).get(),
              sink,
              journal,
              DeadLetterReplay.Limits.DEFAULT,
              pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()));
      if (ids.isEmpty()) replayAll(reader, replay);
      else replay.replay(find(reader), this::take);
    }
    report();
    boolean good =
        counts.keySet().stream()
            .allMatch(
                r ->
                    r == DeadLetterReplay.Result.ACCEPTED || r == DeadLetterReplay.Result.FILTERED);
    return good && damaged.isEmpty() ? Main.DONE : Main.FAILED;
  }

  private void replayAll(DeadLetterReader reader, DeadLetterReplay replay)
      throws IOException, InterruptedException {
    DeadLetterFilter filter = which.filter(Set.of(State.OPEN));
    String after = null;
    do {
      DeadLetterReader.Page page = reader.list(filter, after, PAGE);
      for (String place : page.damaged()) {
        if (damaged.add(place)) System.err.println("amebo: damaged, skipped: " + place);
      }
      if (!replay.replay(page.letters(), this::take)) return;
      after = page.next();
      if (after != null) System.err.println("amebo: replayed up to " + after);
    } while (after != null);
  }

  private List<StoredDeadLetter> find(DeadLetterReader reader) throws IOException {
    List<StoredDeadLetter> letters = new ArrayList<>();
    for (String id : DeadLetterOptions.inOrder(ids)) {
      StoredDeadLetter letter = DeadLetterOptions.find(reader, id);
      if (letter.state() == State.OPEN) letters.add(letter);
      else System.err.println("amebo: " + id + " is " + letter.state() + " already, left alone");
    }
    return letters;
  }

  private void take(DeadLetterReplay.Report report) {
    counts.merge(report.result(), 1, Integer::sum);
    if (report.result() == DeadLetterReplay.Result.ACCEPTED) return;
    if (!json) {
      Output.reports().println(report.id() + "  " + report.result() + "  " + report.detail());
      return;
    }
    Map<String, Object> letter = new LinkedHashMap<>();
    letter.put("id", report.id());
    letter.put("result", report.result().name());
    letter.put("detail", report.detail());
    notAccepted.add(letter);
  }

  private void report() {
    Map<String, Object> json = new LinkedHashMap<>();
    for (DeadLetterReplay.Result result : DeadLetterReplay.Result.values()) {
      json.put(result.name(), counts.getOrDefault(result, 0));
    }
    if (this.json) {
      json.put("notAccepted", notAccepted);
      json.put("damaged", damaged);
      Json.print(json);
    } else {
      Output.reports()
          .println(
              json.get("ACCEPTED")
                  + " accepted, "
                  + json.get("FILTERED")
                  + " filtered, "
                  + json.get("STILL_FAILING")
                  + " still failing, "
                  + json.get("NOT_SENT")
                  + " not sent"
                  + (damaged.isEmpty() ? "" : ", " + damaged.size() + " damaged and skipped"));
    }
  }
}
