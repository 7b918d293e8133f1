package io.amebobridge.server.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;

/**
 * What the log holds, in slices of consecutive ids, so that a pass need not read the log again to
 * know what is old or how many bytes follow. Read slice by slice, without a lock. Confined to the
 * pruner's thread.
 */
final class LogSlices {
  static final int WIDTH = 4096;
  private final Jdbi jdbi;
  private final NavigableMap<Long, List<Part>> parts = new TreeMap<>();
  private long read = -1;

  /**
   * One action's events in a slice.
   *
   * @param slice all ids from slice * WIDTH
   * @param bytes of their payloads
   * @param oldest when the oldest was stored, in milliseconds since the epoch
   */
  record Part(long slice, long actionId, long bytes, long oldest) {
    long first() {
      return slice * WIDTH;
    }

    long last() {
      return first() + WIDTH - 1;
    }
  }

  LogSlices(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Reads what is new; the newest slice known grows, so it is read again. */
  void follow() {
    Optional<Long> next = nextSlice(Math.max(0, read));
    while (next.isPresent()) {
      reread(next.get());
      read = next.get();
      next = nextSlice(read + 1);
    }
  }

  /** Reads one slice again, after something was taken out of it. */
  void reread(long slice) {
    List<Part> found =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT action_id, sum(octet_length(payload)) AS bytes,"
                            + " min(timestamped) AS oldest FROM events"
                            + " WHERE id >= ? AND id < ? GROUP BY action_id")
                    .bind(0, slice * WIDTH)
                    .bind(1, (slice + 1) * WIDTH)
                    .map(
                        (rows, context) ->
                            new Part(
                                slice,
                                rows.getLong("action_id"),
                                rows.getLong("bytes"),
                                rows.getLong("oldest")))
                    .list());
    if (found.isEmpty()) {
      parts.remove(slice);
    } else {
      parts.put(slice, found);
    }
  }

  /** Reads a slice again where another server has taken out of it what nothing was left of here. */
  void rereadIfGone(PruneEvents step) {
    boolean held =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT 1 FROM events WHERE id >= ? AND id <= ? AND action_id = ?"
                            + " AND timestamped < ? LIMIT 1")
                    .bind(0, step.first())
                    .bind(1, step.last())
                    .bind(2, step.actionId())
                    .bind(3, step.before())
                    .mapTo(Integer.class)
                    .findOne()
                    .isPresent());
    if (!held) {
      reread(step.first() / WIDTH);
    }
  }

  /** An action's parts, oldest first. */
  List<Part> of(long actionId) {
    List<Part> found = new ArrayList<>();
    for (List<Part> slice : parts.values()) {
      slice.stream().filter(part -> part.actionId == actionId).forEach(found::add);
    }
    return found;
  }

  /** Of an action's payloads in a slice. */
  long bytes(long actionId, long slice) {
    return parts.getOrDefault(slice, List.of()).stream()
        .filter(part -> part.actionId == actionId)
        .mapToLong(Part::bytes)
        .sum();
  }

  private Optional<Long> nextSlice(long from) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT min(id) FROM events WHERE id >= ?")
                .bind(0, from * WIDTH)
                .mapTo(Long.class)
                .findOne()
                .map(id -> id / WIDTH));
  }
}
