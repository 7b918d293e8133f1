package io.amebobridge.server;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What publishers sent and what they were told. Thread-safe. */
final class SentEvents {
  /**
   * One event.
   *
   * @param body as it is posted
   */
  record Event(String deduper, String payload, String body) {}

  /** What its publisher knows. */
  static final class Fate {
    private final String payload;
    private volatile long id;
    private volatile boolean open;

    private Fate(String payload) {
      this.payload = payload;
    }

    String payload() {
      return payload;
    }

    /** Its id where it was acknowledged, else 0. */
    long id() {
      return id;
    }

    /** It was not acknowledged, but some attempt had no answer, or one that leaves it open. */
    boolean unknown() {
      return id == 0 && open;
    }
  }

  private static final int KEYS = 12;
  private final Map<String, Fate> fates = new ConcurrentHashMap<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sequence = new AtomicInteger();
  private final AtomicInteger acked = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();

  /**
   * A new event of a key of {@link #KEYS}.
   *
   * @param wake seconds since the epoch before which it is not to be delivered, or 0
   * @param weight characters that it has besides
   */
  Event next(String action, long wake, int weight) {
    int number = sequence.incrementAndGet();
    String deduper = "d" + number;
    String key = "k" + number % KEYS;
    String payload =
        "{\"id\":"
            + number
            + ",\"key\":\""
            + key
            + "\",\"wake\":"
            + wake
            + ",\"email\":\""
            + "x".repeat(weight)
            + "\"}";
    fates.put(deduper, new Fate(payload));
    String body =
        "{\"action\":\""
            + action
            + "\",\"deduper\":\""
            + deduper
            + "\",\"key\":\""
            + key
            + "\",\"sleep_until\":"
            + (wake == 0 ? "null" : wake)
            + ",\"payload\":"
            + payload
            + "}";
    return new Event(deduper, payload, body);
  }

  /** It is stored under this id; whoever asks again must be told the same. */
  void acknowledged(Event event, long id) {
    Fate fate = fates.get(event.deduper());
    if (id <= 0 || (fate.id != 0 && fate.id != id)) {
      violated(event.deduper() + " was event " + fate.id + " and then " + id);
    }
    fate.id = id;
    acked.incrementAndGet();
  }

  /** It may be stored or not. */
  void leftOpen(Event event) {
    fates.get(event.deduper()).open = true;
  }

  /** A server that lives said that it cannot. */
  void refused() {
    refusals.incrementAndGet();
  }

  void violated(String what) {
    violations.add(what);
  }

  Queue<String> violations() {
    return violations;
  }

  Map<String, Fate> fates() {
    return fates;
  }

  int acked() {
    return acked.get();
  }

  int refusals() {
    return refusals.get();
  }
}
