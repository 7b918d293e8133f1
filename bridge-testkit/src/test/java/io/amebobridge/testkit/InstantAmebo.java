package io.amebobridge.testkit;

import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.NewEvent;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.ServerStatus;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.client.SubscriptionSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** In-process: accepts everything at once and keeps nothing, or fails as told. */
final class InstantAmebo implements AmeboApi {
  @Nullable RuntimeException fail;
  boolean throwAtOnce;
  boolean closed;
  private final boolean upstream;
  private final AtomicLong ids = new AtomicLong();

  InstantAmebo(boolean upstream) {
    this.upstream = upstream;
  }

  @Override
  public ServerStatus status() {
    return new ServerStatus(
        upstream ? ServerStatus.Kind.UPSTREAM : ServerStatus.Kind.AMEBO_BRIDGE, "instant", 0);
  }

  @Override
  public CompletionStage<PublishResult> publish(NewEvent event) {
    return answer(PublishResult.accepted(ids.incrementAndGet()));
  }

  @Override
  public CompletionStage<List<PublishResult>> publishBatch(List<NewEvent> events) {
    return answer(events.stream().map(e -> PublishResult.accepted(ids.incrementAndGet())).toList());
  }

  private <T> CompletionStage<T> answer(T value) {
    if (fail == null) return CompletableFuture.completedFuture(value);
    if (throwAtOnce) throw fail;
    return CompletableFuture.failedFuture(fail);
  }

  @Override
  public void register(ApplicationSpec application) {}

  @Override
  public void register(ActionSpec action) {}

  @Override
  public void register(SubscriptionSpec subscription) {}

  @Override
  public List<StoredEvent> events(EventQuery query) {
    return List.of();
  }

  @Override
  public void close() {
    closed = true;
  }
}
