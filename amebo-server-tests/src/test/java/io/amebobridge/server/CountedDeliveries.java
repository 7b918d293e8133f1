package io.amebobridge.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A receiver's behaviour that now and then fails or is slow, and counts what it took, by the life
 * of the server that sent it. Thread-safe.
 */
final class CountedDeliveries {
  static final String ORDERED = "/ordered";

  /** What was taken of a subscription, and by which life's call last: by event. */
  private final Map<String, Map<Long, Integer>> taken = new HashMap<>();

  private final Map<String, Long> lastOfKey = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();
  private final Map<Integer, Map<String, Integer>> repeated = new TreeMap<>();
  private final Map<Integer, List<String>> violations = new TreeMap<>();
  private final Random random;
  private int life;
  private long calls;
  private long failed;

  CountedDeliveries(long seed) {
    this.random = new Random(seed);
  }

  /** From now on calls are those of this life. */
  synchronized void life(int number) {
    life = number;
  }

  private record Begun(Receiver.Call call, JsonNode payload, int life, String lane) {}

  Receiver.Answer answer(Receiver.Call call) {
    Begun begun = begin(call);
    int dice = dice(200);
    if (dice < 4) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100 + dice(700)));
    }
    int status = dice % 25 == 7 ? 500 : dice % 40 == 8 ? 503 : 200;
    end(begun, status);
    return Receiver.Answer.of(status);
  }

  private synchronized int dice(int bound) {
    return random.nextInt(bound);
  }

  private synchronized Begun begin(Receiver.Call call) {
    JsonNode payload = JsonMapper.shared().readTree(call.body());
    calls++;
    if (System.currentTimeMillis() < payload.path("wake").asLong() * 1000) {
      violated(life, call + " came before its time");
    }
    String lane = life + " " + payload.path("key").asString();
    if (call.path().equals(ORDERED) && !underWay.add(lane)) {
      violated(life, call + " came while another of its key was under way");
    }
    return new Begun(call, payload, life, lane);
  }

  private synchronized void end(Begun begun, int status) {
    Receiver.Call call = begun.call;
    boolean ordered = call.path().equals(ORDERED);
    if (ordered) {
      underWay.remove(begun.lane);
    }
    if (status != 200) {
      failed++;
      return;
    }
    Map<Long, Integer> mine = taken.computeIfAbsent(call.path(), path -> new HashMap<>());
    Integer before = mine.get(call.event());
    if (before != null) {
      // Whichever answer came last, it is the earlier life that could not write it down.
      repeated
          .computeIfAbsent(Math.min(before, begun.life), number -> new TreeMap<>())
          .merge(call.path(), 1, Integer::sum);
    }
    mine.put(call.event(), before == null ? begun.life : Math.max(before, begun.life));
    // One that sleeps takes its place in line when it wakes.
    if (ordered && before == null && begun.payload.path("wake").asLong() == 0) {
      Long last = lastOfKey.put(begun.payload.path("key").asString(), call.event());
      if (last != null && last > call.event()) {
        violated(begun.life, call + " was taken after " + last);
      }
    }
  }

  private void violated(int number, String what) {
    violations
        .computeIfAbsent(number, any -> new ArrayList<>())
        .add("life " + number + ": " + what);
  }

  /** The events that a subscription's receiver took. */
  synchronized Set<Long> taken(String path) {
    return Set.copyOf(taken.getOrDefault(path, Map.of()).keySet());
  }

  /** By the life whose end caused it and by subscription, how many events were taken once more. */
  synchronized Map<Integer, Map<String, Integer>> repeated() {
    return new TreeMap<>(repeated);
  }

  synchronized Map<Integer, List<String>> violations() {
    return new TreeMap<>(violations);
  }

  synchronized long calls() {
    return calls;
  }

  synchronized long failed() {
    return failed;
  }
}
