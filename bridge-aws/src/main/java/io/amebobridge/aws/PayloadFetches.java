package io.amebobridge.aws;

import io.amebobridge.core.Causes;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the payloads of messages that wait to be handed out, a few at a time and not far ahead,
 * so that few are in memory. Until one is there its message waits, still leased, and what is behind
 * it in its lane. Confined to the pump's thread; S3 is asked on threads of the calls.
 */
final class PayloadFetches {
  /** Fetched at once, and fetched ahead. */
  static final int AHEAD = 4;

  private static final Logger LOG = LoggerFactory.getLogger(PayloadFetches.class);
  private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MOST = TimeUnit.SECONDS.toNanos(20);

  private final SqsSettings settings;
  private final PayloadStore store;
  private final SqsCalls calls;
  private final IntConsumer grown;

  /** In the order of arrival. */
  private final Set<Held> pending = new LinkedHashSet<>();

  /** Fetched, and not yet handed out. */
  private final Set<Held> ready = new HashSet<>();

  private int underWay;
  private @Nullable String trouble;

  /**
   * New, without work.
   *
   * @param grown told by how many bytes a message that is held has grown
   */
  PayloadFetches(SqsSettings settings, PayloadStore store, SqsCalls calls, IntConsumer grown) {
    this.settings = settings;
    this.store = store;
    this.calls = calls;
    this.grown = grown;
  }

  /** A message arrived. */
  void add(Held held) {
    if (held.pointer != null) pending.add(held);
  }

  /** A message was handed out, or is no longer ours. */
  void remove(Held held) {
    ready.remove(held);
    if (pending.remove(held)) mayBeOver();
  }

  /**
   * Begins with the first of those that wait; of a lane with the first only, so that what is ready
   * can be handed out, and makes room.
   */
  void step(long now) {
    if (pending.isEmpty()) return;
    Set<String> lanes = new HashSet<>();
    for (Held held : pending) {
      if (underWay + ready.size() >= AHEAD) return;
      String lane = held.lane();
      if (lane != null && !lanes.add(lane)) continue;
      PayloadPointer pointer = held.pointer;
      if (pointer == null || held.fetching || now - held.fetchNext < 0) continue;
      held.fetching = true;
      underWay++;
      calls.<PayloadStore.Found>fetch(
          () -> store.fetch(pointer), (found, failure) -> taken(held, found, failure));
    }
  }

  private void taken(Held held, PayloadStore.@Nullable Found found, @Nullable Throwable failure) {
    underWay--;
    held.fetching = false;
    boolean isOurs = pending.contains(held) && held.counted;
    if (isOurs && found == null) {
      failed(held, failure);
      return;
    }
    pending.remove(held);
    if (!isOurs || found == null) {
      mayBeOver();
      return;
    }
    byte[] body = found.body();
    int before = held.message.size();
    held.message =
        body == null
            ? LargePayload.refused(held.message, String.valueOf(found.refusal()))
            : LargePayload.fetched(held.message, body);
    held.pointer = null;
    grown.accept(held.message.size() - before);
    ready.add(held);
    mayBeOver();
  }

  private void failed(Held held, @Nullable Throwable failure) {
    String why = failure == null ? "interrupted" : Causes.unwrap(failure).getMessage();
    if (trouble == null) LOG.warn("{}: {}; its message waits", settings.name(), why);
    else LOG.debug("{}: {}", settings.name(), why);
    trouble = why;
    held.fetchPause = Math.min(MOST, Math.max(LEAST, 2 * held.fetchPause));
    double half = 0.5 + ThreadLocalRandom.current().nextDouble() / 2;
    held.fetchNext = System.nanoTime() + (long) (held.fetchPause * half);
  }

  private void mayBeOver() {
    if (trouble == null || pending.stream().anyMatch(h -> h.fetchPause > 0)) return;
    trouble = null;
    LOG.info("{}: no payload in S3 is waited for any more", settings.name());
  }

  /** Why a message waits for its payload; null: none does for long. */
  @Nullable String trouble() {
    return trouble;
  }
}
