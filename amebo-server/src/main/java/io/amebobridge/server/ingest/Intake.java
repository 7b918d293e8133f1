package io.amebobridge.server.ingest;

import io.amebobridge.client.NewEvent;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.Secret;
import io.amebobridge.client.TraceParent;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.store.Appended;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.NewLogEvent;
import io.amebobridge.server.store.Texts;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Authorises, validates and appends events. Thread-safe. Futures complete on the writer's thread.
 */
public final class Intake {
  private static final long FIRST_TIME = 1_000_000_000;
  private final Registry registry;
  private final LogWriter writer;
  private final ServerMetrics metrics;
  private final int maxPayloadBytes;
  private final InstantSource clock;

  /**
   * Makes an intake.
   *
   * @param clock from which a short sleep_until counts
   */
  public Intake(
      Registry registry,
      LogWriter writer,
      ServerMetrics metrics,
      int maxPayloadBytes,
      InstantSource clock) {
    this.clock = clock;
    this.registry = registry;
    this.writer = writer;
    this.metrics = metrics;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /** What one published event came to, with what the answer repeats. */
  public record Published(Appended appended, NewLogEvent event, Action action) {}

  /**
   * Publishes the event in a body.
   *
   * @param bearer who sent a token; null: the event must carry its owner's secret
   * @param trace the request's traceparent, for an event without one of its own
   * @throws Refusal before anything is queued
   */
  public CompletableFuture<Published> one(
      byte[] body, @Nullable Principal bearer, @Nullable String trace) {
    SentEvent sent = EventBodies.one(body);
    if (bearer == null && sent.secret() == null) {
      throw unauthenticated();
    }
    if (sent.problem() != null) {
      throw refused(
          new Refusal(422, sent.problem()).asFinal(), sent); // the event is wrong, not the request
    }
    long revision = registry.revision();
    try {
      return append(sent, bearer, trace);
    } catch (Refusal first) {
      return registry
          .changedSince(revision)
          .thenCompose(
              changed -> {
                try {
                  if (changed) {
                    return append(sent, bearer, trace);
                  }
                  throw first;
                } catch (Refusal e) {
                  throw refused(e.asFinal(), sent);
                }
              });
    }
  }

  private CompletableFuture<Published> append(
      SentEvent sent, @Nullable Principal bearer, @Nullable String trace) {
    Action action = known(sent);
    authorise(action, bearer, sent.secret());
    Optional<Refusal> wrong = invalid(action, sent);
    if (wrong.isPresent()) {
      throw wrong.get();
    }
    NewLogEvent event = accepted(action, sent, sleepUntil(sent), trace);
    return writer
        .append(List.of(event))
        .thenApply(
            results -> {
              count(results.get(0), action);
              return new Published(results.get(0), event, action);
            });
  }

  /**
   * Publishes a batch in one transaction.
   *
   * @throws Refusal where the body is malformed, or one of the events is not the sender's to send
   */
  public CompletableFuture<List<PublishResult>> batch(
      byte[] body, @Nullable Principal bearer, @Nullable String trace) {
    List<SentEvent> events = EventBodies.many(body);
    if (bearer == null && events.stream().anyMatch(event -> event.secret() == null)) {
      throw unauthenticated();
    }
    return append(events, bearer, trace);
  }

  /** Publishes events from within the process, with an administrator's rights. */
  public CompletableFuture<List<PublishResult>> batch(List<NewEvent> events) {
    return append(events.stream().map(Intake::parsed).toList(), new Principal.Admin(), null);
  }

  /** Why an event of a batch was refused, and its action where that is known. */
  private record Rejected(ServerMetrics.Refused reason, @Nullable String action) {}

  /** Who sends a batch, within which trace, and what of it was found so far. */
  private record Batch(
      @Nullable Principal bearer,
      @Nullable String trace,
      List<NewLogEvent> valid,
      List<Rejected> rejected) {}

  private CompletableFuture<List<PublishResult>> append(
      List<SentEvent> events, @Nullable Principal bearer, @Nullable String trace) {
    long revision = registry.revision();
    Checked first = check(events, bearer, trace);
    if (first.valid.size() == events.size()) {
      return append(first);
    }
    return registry
        .changedSince(revision)
        .thenCompose(changed -> append(changed ? check(events, bearer, trace) : first));
  }

  /**
   * A batch as far as what is registered goes.
   *
   * @param results null for the valid ones
   * @param refusal why it is refused as a whole; null where it is not
   */
  private record Checked(
      List<@Nullable PublishResult> results,
      List<NewLogEvent> valid,
      List<Rejected> rejected,
      @Nullable Refusal refusal) {}

  private Checked check(
      List<SentEvent> events, @Nullable Principal bearer, @Nullable String trace) {
    List<@Nullable PublishResult> results = new ArrayList<>(events.size());
    Batch batch = new Batch(bearer, trace, new ArrayList<>(events.size()), new ArrayList<>());
    try {
      for (int i = 0; i < events.size(); i++) {
        results.add(check(events.get(i), i, batch));
      }
      return new Checked(results, batch.valid, batch.rejected, null);
    } catch (Refusal e) {
      return new Checked(List.of(), List.of(), List.of(), e);
    }
  }

  private CompletableFuture<List<PublishResult>> append(Checked batch) {
    if (batch.refusal != null) {
      return CompletableFuture.failedFuture(batch.refusal.asFinal());
    }
    batch.rejected.forEach(rejected -> metrics.refused(rejected.reason, rejected.action));
    CompletableFuture<List<Appended>> appended =
        batch.valid.isEmpty()
            ? CompletableFuture.completedFuture(List.of())
            : writer.append(batch.valid);
    return appended.thenApply(outcomes -> merge(batch, outcomes));
  }

  /** Adds a valid event to the list and returns null, or says why it is rejected. */
  private @Nullable PublishResult check(SentEvent sent, int index, Batch batch) {
    Action action = sent.action() == null ? null : registry.action(sent.action()).orElse(null);
    if (action != null) {
      try {
        authorise(action, batch.bearer, sent.secret());
      } catch (Refusal e) {
        throw new Refusal(e.status(), "event " + index + " of the batch: " + e.text());
      }
    }
    if (sent.problem() != null || action == null) {
      batch.rejected.add(
          new Rejected(
              sent.problem() != null
                  ? ServerMetrics.Refused.MALFORMED
                  : ServerMetrics.Refused.UNKNOWN_ACTION,
              action == null ? null : action.name()));
      return PublishResult.rejected(
          sent.problem() != null ? sent.problem() : unknown(sent.action()));
    }
    Optional<Refusal> wrong = invalid(action, sent);
    if (wrong.isPresent()) {
      batch.rejected.add(new Rejected(reason(wrong.get()), action.name()));
      return PublishResult.rejected(wrong.get().text());
    }
    batch.valid.add(accepted(action, sent, sleepUntil(sent), batch.trace));
    return null;
  }

  private List<PublishResult> merge(Checked batch, List<Appended> outcomes) {
    List<PublishResult> merged = new ArrayList<>(batch.results.size());
    int next = 0;
    for (PublishResult rejected : batch.results) {
      if (rejected != null) {
        merged.add(rejected);
      } else {
        Action action = registry.action(batch.valid.get(next).actionId()).orElseThrow();
        Appended outcome = outcomes.get(next++);
        count(outcome, action);
        merged.add(result(outcome));
      }
    }
    return merged;
  }

  private static PublishResult result(Appended appended) {
    return switch (appended.outcome()) {
      case STORED -> PublishResult.accepted(appended.id());
      case DUPLICATE -> PublishResult.duplicate(appended.id());
      case CONFLICT -> PublishResult.rejected(conflict(appended.id()));
    };
  }

  /** Why an event is refused whose deduper has been used for another payload. */
  public static String conflict(long first) {
    return "deduper - event " + first + " of this action has it, with another payload";
  }

  private Action known(SentEvent sent) {
    return registry
        .action(String.valueOf(sent.action()))
        .orElseThrow(() -> new Refusal(422, unknown(sent.action())));
  }

  private static String unknown(@Nullable String action) {
    return "action - " + action + " is not registered; register it first";
  }

  private void authorise(Action action, @Nullable Principal bearer, @Nullable Secret secret) {
    if (bearer != null) {
      if (!bearer.actsFor(action.application())) {
        String asker = bearer instanceof Principal.Application a ? a.name() : "the administrator";
        throw new Refusal(
            403,
            "action - "
                + action.name()
                + " belongs to application "
                + action.application()
                + ", and the token to "
                + asker);
      }
      return;
    }
    Application owner = registry.application(action.application()).orElseThrow();
    if (!owner.accepts(secret)) {
      throw new Refusal(401, "secret - is not that of application " + owner.name());
    }
  }

  private Optional<Refusal> invalid(Action action, SentEvent sent) {
    SentPayload payload = sent.payload();
    if (payload == null) {
      return Optional.of(new Refusal(400, "payload - is required"));
    }
    int size = payload.bytes().length;
    if (size > maxPayloadBytes) {
      return Optional.of(
          new Refusal(413, "payload - has " + size + " bytes, allowed: " + maxPayloadBytes));
    }
    if (!Texts.isStorable(payload.bytes())) {
      return Optional.of(new Refusal(400, "payload - is not UTF-8"));
    }
    try {
      JsonNode tree = payload.tree();
      return action
          .schema()
          .invalid()
          .map(why -> invalid(action, why))
          .or(() -> action.schema().violation(tree).map(text -> new Refusal(406, text)));
    } catch (Refusal e) {
      return Optional.of(e);
    }
  }

  private static Refusal invalid(Action action, String why) {
    return new Refusal(
        406,
        "action - the schema of "
            + action.name()
            + " is not valid ("
            + why
            + "), so that no event of it is accepted; change it with PUT /v1/actions/"
            + action.name());
  }

  private static NewLogEvent accepted(
      Action action, SentEvent sent, @Nullable Long sleepUntil, @Nullable String trace) {
    byte[] payload = sent.payload() == null ? new byte[0] : sent.payload().bytes();
    return new NewLogEvent(
        action.id(),
        payload,
        sent.deduper(),
        sent.key(),
        sent.source(),
        sleepUntil,
        sent.traceparent() != null ? sent.traceparent() : trace);
  }

  /** An upstream server takes seconds from now; no time that is meant lies before 2001. */
  private @Nullable Long sleepUntil(SentEvent sent) {
    Long seconds = sent.sleepUntil();
    return seconds == null || seconds <= 0 || seconds >= FIRST_TIME
        ? seconds
        : Long.valueOf(clock.instant().getEpochSecond() + seconds);
  }

  private static SentEvent parsed(NewEvent event) {
    return new SentEvent(
        event.action(),
        null,
        event.deduper(),
        event.key(),
        event.source(),
        event.sleepUntil(),
        TraceParent.parse(event.traceparent()).map(TraceParent::toString).orElse(null),
        new SentPayload(event.payload().getBytes(StandardCharsets.UTF_8), SentPayload.From.CALLER),
        EventLimits.wrong(event));
  }

  private void count(Appended appended, Action action) {
    metrics.received(appended.outcome(), action.name());
  }

  private Refusal refused(Refusal refusal, SentEvent sent) {
    boolean theSender = refusal.status() == 401 || refusal.status() == 403;
    if (!theSender) {
      String name = sent.action();
      String known = name == null ? null : registry.action(name).map(Action::name).orElse(null);
      boolean unknown = refusal.status() == 422 && sent.problem() == null && known == null;
      metrics.refused(unknown ? ServerMetrics.Refused.UNKNOWN_ACTION : reason(refusal), known);
    }
    return refusal;
  }

  /** What {@link #invalid} found. */
  private static ServerMetrics.Refused reason(Refusal refusal) {
    return switch (refusal.status()) {
      case 406 -> ServerMetrics.Refused.SCHEMA;
      case 413 -> ServerMetrics.Refused.TOO_LARGE;
      default -> ServerMetrics.Refused.MALFORMED;
    };
  }

  private static Refusal unauthenticated() {
    return new Refusal(401, "secret - is required, or a bearer token from POST /v1/tokens");
  }
}
