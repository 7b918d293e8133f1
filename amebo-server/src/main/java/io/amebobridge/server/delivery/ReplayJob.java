package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.Fenced;
import io.amebobridge.server.store.OpenDelivery;
import io.amebobridge.server.store.ReplayChanges;
import io.amebobridge.server.store.ReplayReader;
import io.amebobridge.server.store.ReplayRow;
import io.amebobridge.server.store.WriteSession;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes deliveries of one subscription due again, at a rate, a few in each transaction together
 * with the position: after a crash it goes on behind it, and none is made due twice. The driver
 * delivers them, so window, breaker and order hold for them too. Confined to the driver's event
 * loop.
 */
final class ReplayJob {
  private static final Logger log = LoggerFactory.getLogger(ReplayJob.class);
  private static final long SHORTEST_TICK = 100;

  /** Is told of what is due now. */
  interface Driver {
    void dueAgain(List<OpenDelivery> deliveries, State before);
  }

  private final Outbound out;
  private final Context context;
  private final Fence fence;
  private final BooleanSupplier behind;
  private final Driver driver;
  private final Backoff backoff;
  private final long tickMillis;
  private final int batch;
  private final Promise<Void> ended = Promise.promise();
  private ReplayRow row;
  private long timer = -1;
  private boolean working;
  private boolean stopping;
  private boolean inDoubt;
  private int failures;

  /** Tells of what was made due once that is stored, even where its writer was answered before. */
  record Moving(Change<@Nullable List<OpenDelivery>> move, Consumer<List<OpenDelivery>> stored)
      implements Change<@Nullable List<OpenDelivery>> {
    @Override
    public @Nullable List<OpenDelivery> apply(WriteSession session) throws SQLException {
      return move.apply(session);
    }

    @Override
    public void committed(@Nullable List<OpenDelivery> moved) {
      if (moved != null) {
        stored.accept(moved);
      }
    }
  }

  private record Next(ReplayRow row, List<ReplayReader.Candidate> found) {}

  /**
   * Makes one that goes on from its row.
   *
   * @param behind whether the driver has not yet begun what is due
   */
  ReplayJob(
      Outbound out,
      Context context,
      Fence fence,
      ReplayRow row,
      BooleanSupplier behind,
      Driver driver) {
    this.fence = fence;
    this.out = out;
    this.context = context;
    this.row = row;
    this.behind = behind;
    this.driver = driver;
    this.backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
    this.tickMillis = Math.max(SHORTEST_TICK, 1000 / row.perSecond());
    this.batch = (int) Math.max(1, row.perSecond() * tickMillis / 1000);
  }

  long id() {
    return row.id();
  }

  /** The future ends when it is done, cancelled or stopped. */
  Future<Void> run() {
    tick();
    return ended.future();
  }

  /** Makes nothing more due; the row says where to go on. */
  void stop() {
    stopping = true;
    if (timer >= 0) {
      out.vertx().cancelTimer(timer);
      timer = -1;
    }
    if (!working) {
      ended.tryComplete();
    }
  }

  private void tick() {
    timer = -1;
    if (behind.getAsBoolean()) {
      later(tickMillis);
      return;
    }
    working = true;
    out.vertx()
        .executeBlocking(this::read, false)
        .compose(this::move)
        .onComplete(
            done -> {
              working = false;
              if (stopping || (done.succeeded() && !done.result())) {
                ended.tryComplete();
              } else if (done.succeeded()) {
                failures = 0;
                later(tickMillis);
              } else {
                inDoubt = true;
                log.atWarn()
                    .addKeyValue("replay", row.id())
                    .setCause(done.cause())
                    .log("A replay could not go on; trying again");
                later(backoff.after(++failures).toMillis());
              }
            });
  }

  private void later(long millis) {
    timer = out.vertx().setTimer(millis, id -> tick());
  }

  private Next read() {
    // What failed may be stored all the same.
    ReplayRow now = inDoubt ? out.store().replays().find(row.id()).orElse(row) : row;
    String action = now.action();
    int most = (int) Math.min(batch, now.most() - now.replayed());
    return new Next(
        now,
        most <= 0
            ? List.of()
            : out.store()
                .replays()
                .next(
                    now,
                    action == null ? null : out.registry().matching(new ActionPattern(action)),
                    most));
  }

  /** False where there is no more to do. */
  private Future<Boolean> move(Next next) {
    row = next.row;
    inDoubt = false;
    List<ReplayReader.Candidate> found = next.found;
    if (stopping) {
      return Future.succeededFuture(false);
    }
    if (found.isEmpty()) {
      return Future.fromCompletionStage(
              out.writer()
                  .apply(new Fenced<>(fence, ReplayChanges.end(row.id(), ReplayRow.State.DONE))),
              context)
          .map(false);
    }
    return Future.fromCompletionStage(
            out.writer()
                .apply(
                    new Fenced<>(fence, new Moving(ReplayChanges.move(row, found), this::madeDue))),
            context)
        .map(moved -> moved(moved, found.get(found.size() - 1).delivery()));
  }

  private boolean moved(@Nullable List<OpenDelivery> moved, long position) {
    if (moved == null) {
      return false; // cancelled
    }
    row = row.moved(moved.size(), position);
    return true;
  }

  private void madeDue(List<OpenDelivery> moved) {
    context.runOnContext(on -> driver.dueAgain(moved, row.of()));
  }
}
