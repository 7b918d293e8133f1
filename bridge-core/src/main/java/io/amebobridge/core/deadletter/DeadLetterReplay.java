package io.amebobridge.core.deadletter;

import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.Router;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.deadletter.ReplayJournal.Entry;
import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters again, through the mapping as it is now. They go in the order in which they
 * were stored, under the ids they had, so that what had been stored after all is recognised. A
 * letter is noted as replayed after it is accepted, and not before. Confined to one thread.
 */
public final class DeadLetterReplay {
  private final Router router;
  private final MessageSink sink;
  private final ReplayJournal journal;
  private final Limits limits;
  private final Pause pause;

  /**
   * A replay.
   *
   * @param sink open
   */
  public DeadLetterReplay(
      Router router, MessageSink sink, ReplayJournal journal, Limits limits, Pause pause) {
    this.router = router;
    this.sink = sink;
    this.journal = journal;
    this.limits = limits;
    this.pause = pause;
  }

  /**
   * How much at once, and how patiently.
   *
   * @param batchMessages messages in one send
   * @param attempts sends of a message that is unavailable before the replay stops
   * @param backoff between them, where the other end asks for nothing longer
   */
  public record Limits(int batchMessages, int attempts, Duration backoff) {
    public static final Limits DEFAULT = new Limits(200, 5, Duration.ofSeconds(1));

    public Limits {
      if (batchMessages < 1 || attempts < 1) throw new IllegalArgumentException("at least 1");
    }
  }

  /** Waits between attempts. */
  public interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  /** What became of one letter. */
  public record Report(String id, Result result, String detail) {}

  /** The ends a letter can have. */
  public enum Result {
    ACCEPTED,
    /** Left out by a rule of the mapping as it is now; noted as discarded. */
    FILTERED,
    /** Can't be mapped, or is rejected; stays open. */
    STILL_FAILING,
    /** Not reached, or not known to have been; stays open. */
    NOT_SENT
  }

  private static final class Work {
    final StoredDeadLetter stored;
    final List<Message> messages;
    final @Nullable SendResult[] results;

    Work(StoredDeadLetter stored, List<Message> messages) {
      this.stored = stored;
      this.messages = messages;
      this.results = new SendResult[messages.size()];
    }
  }

  /**
   * Replays some letters.
   *
   * @param letters in the order of their ids
   * @param reports is told what became of each, once that is durable
   * @return false where the other end did not take any more, so that going on is no use
   */
  public boolean replay(List<StoredDeadLetter> letters, Consumer<Report> reports)
      throws IOException, InterruptedException {
    Map<String, Work> batch = new LinkedHashMap<>();
    int size = 0;
    for (int i = 0; i < letters.size(); i++) {
      StoredDeadLetter stored = letters.get(i);
      Work work = map(stored, reports);
      if (work != null) {
        batch.put(stored.id(), work);
        size += work.messages.size();
      }
      boolean last = i == letters.size() - 1;
      if (size < limits.batchMessages() && !last) continue;
      if (!send(new ArrayList<>(batch.values()), reports)) {
        for (StoredDeadLetter rest : letters.subList(i + 1, letters.size())) {
          reports.accept(new Report(rest.id(), Result.NOT_SENT, "the replay stopped before it"));
        }
        return false;
      }
      batch.clear();
      size = 0;
    }
    return true;
  }

  private @Nullable Work map(StoredDeadLetter stored, Consumer<Report> reports) throws IOException {
    Router.Routing routing = router.route(stored.letter().message());
    if (routing instanceof Router.Mapped mapped) return new Work(stored, mapped.messages());
    if (routing instanceof Router.Filtered filtered) {
      journal.discard(stored.id(), "filtered by " + filtered.rule());
      reports.accept(new Report(stored.id(), Result.FILTERED, filtered.rule()));
    } else {
      String reason = ((Router.Failed) routing).reason();
      reports.accept(new Report(stored.id(), Result.STILL_FAILING, reason));
    }
    return null;
  }

  /** False where something stayed unavailable or was denied. */
  private boolean send(List<Work> batch, Consumer<Report> reports)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      Attempt sent = attempt(batch);
      if (sent.denied || sent.open == 0 || attempt >= limits.attempts()) break;
      boolean longer = sent.asked.compareTo(limits.backoff()) > 0;
      pause.pause(longer ? sent.asked : limits.backoff().multipliedBy(attempt));
    }
    return report(batch, reports);
  }

  /** What one send left over. */
  private record Attempt(int open, boolean denied, Duration asked) {}

  private Attempt attempt(List<Work> batch) throws InterruptedException {
    List<Message> messages = new ArrayList<>();
    for (Work work : batch) {
      for (int i = 0; i < work.messages.size(); i++) {
        if (isOpen(work.results[i])) messages.add(work.messages.get(i));
      }
    }
    if (messages.isEmpty()) return new Attempt(0, false, Duration.ZERO);
    List<SendResult> results = results(messages);
    int next = 0;
    int open = 0;
    boolean denied = false;
    Duration wait = Duration.ZERO;
    for (Work work : batch) {
      for (int i = 0; i < work.results.length; i++) {
        if (!isOpen(work.results[i])) continue;
        SendResult result = results.get(next++);
        work.results[i] = result;
        denied |= result.outcome() == Outcome.DENIED;
        if (!isOpen(result)) continue;
        open++;
        Duration asked = result.retryAfter();
        if (asked != null && asked.compareTo(wait) > 0) wait = asked;
      }
    }
    return new Attempt(open, denied, wait);
  }

  private List<SendResult> results(List<Message> messages) throws InterruptedException {
    String why;
    try {
      List<SendResult> results = sink.send(messages).toCompletableFuture().get();
      if (results.size() == messages.size()) return results;
      why = "the sink gave " + results.size() + " results for " + messages.size() + " messages";
    } catch (ExecutionException e) {
      why = String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }
    SendResult unavailable = SendResult.unavailable(why, null);
    return messages.stream().map(m -> unavailable).toList();
  }

  private static boolean isOpen(@Nullable SendResult result) {
    return result == null || result.outcome() == Outcome.UNAVAILABLE;
  }

  private boolean report(List<Work> batch, Consumer<Report> reports) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<Report> done = new ArrayList<>();
    boolean goOn = true;
    for (Work work : batch) {
      Report report = report(work);
      if (report.result() == Result.ACCEPTED) {
        entries.add(new Entry(report.id(), State.REPLAYED, report.detail()));
      }
      goOn &= report.result() != Result.NOT_SENT;
      done.add(report);
    }
    journal.mark(entries);
    done.forEach(reports);
    return goOn;
  }

  private static Report report(Work work) {
    String id = work.stored.id();
    boolean stored = true;
    for (SendResult result : work.results) {
      if (result == null || isOpen(result) || result.outcome() == Outcome.DENIED) {
        String why = result == null ? "not sent" : String.valueOf(result.detail());
        return new Report(id, Result.NOT_SENT, why);
      }
      stored &= result.outcome() == Outcome.DUPLICATE;
    }
    for (SendResult result : work.results) {
      if (result.outcome() == Outcome.REJECTED) {
        return new Report(id, Result.STILL_FAILING, String.valueOf(result.detail()));
      }
    }
    return new Report(id, Result.ACCEPTED, stored ? "was stored already" : "accepted");
  }
}
