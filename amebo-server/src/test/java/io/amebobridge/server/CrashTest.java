package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** kill -9 at any moment: whatever was answered 201 or accepted is there, and is delivered. */
class CrashTest {
  private static final int CYCLES = 4;
  private static final int ACKED_PER_CYCLE = 1500;
  private static final long RETRY_NANOS = Duration.ofMillis(20).toNanos();
  @TempDir Path dir;
  private final Map<String, Long> acked = new ConcurrentHashMap<>();
  private final AtomicInteger sequence = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private volatile long lastSeen;

  @Test
  void everythingAcknowledgedSurvivesAndIsDelivered() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Receiver receiver = new Receiver();
        ServerProcess server = ServerProcess.start(dir, freePort())) {
      AtomicInteger calls = new AtomicInteger();
      receiver.answer(call -> Receiver.Answer.of(calls.incrementAndGet() % 10 == 0 ? 500 : 200));
      Wire admin = server.admin();
      Fixture.register(admin, receiver.url());
      // A tenth of all calls fails: with few retries some event would be given up by chance.
      Fixture.subscribe(admin, "user.*", 100, "");
      for (int i = 0; i < 3; i++) {
        threads.execute(() -> publishSingles(admin));
      }
      threads.execute(() -> publishBatches(admin));
      threads.execute(() -> read(admin));
      for (int cycle = 1; cycle <= CYCLES; cycle++) {
        int target = cycle * ACKED_PER_CYCLE;
        await().atMost(Duration.ofSeconds(60)).until(() -> acked.size() >= target);
        server.kill();
        server.restart();
      }
      over.set(true);
      threads.shutdown();
      await().atMost(Duration.ofSeconds(20)).until(threads::isTerminated);
      Map<String, Long> stored = stored(admin);
      assertThat(violations).as(() -> server.log()).isEmpty();
      assertThat(stored).containsAllEntriesOf(acked);
      assertThat(new HashSet<>(stored.values())).as("ids are unique").hasSize(stored.size());
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(delivered(receiver)).containsAll(stored.values()));
      assertThat(admin.get("/v1/gists?state=dead").json()).isEmpty();
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
  }

  private void publishSingles(Wire admin) {
    while (!over.get()) {
      String deduper = "s" + sequence.incrementAndGet();
      untilAnswered(
          () -> {
            Wire.Reply reply =
                admin.post("/v1/events", Fixture.event("user.created", deduper, "{\"id\":1}"));
            if (reply.status() == 201) {
              acknowledge(deduper, reply.json().path("event").asLong());
            }
            return reply;
          });
    }
  }

  private void publishBatches(Wire admin) {
    while (!over.get()) {
      List<String> dedupers = new ArrayList<>();
      List<String> events = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        dedupers.add("b" + sequence.incrementAndGet());
        events.add(Fixture.event("user.deleted", dedupers.get(i), "{\"id\":2}"));
      }
      untilAnswered(
          () -> {
            Wire.Reply reply = admin.post("/v1/events/batch", "[" + String.join(",", events) + "]");
            if (reply.status() == 200) {
              JsonNode results = reply.json().path("results");
              for (int i = 0; i < dedupers.size(); i++) {
                acknowledge(dedupers.get(i), results.get(i).path("event").asLong());
              }
            }
            return reply;
          });
    }
  }

  /** A retry after a crash must be told the id that was given first. */
  private void acknowledge(String deduper, long event) {
    Long before = acked.putIfAbsent(deduper, event);
    if (event <= 0 || (before != null && before != event)) {
      violations.add(deduper + " was event " + before + " and then " + event);
    }
  }

  private interface Attempt {
    Wire.Reply send();
  }

  private void untilAnswered(Attempt attempt) {
    while (!over.get()) {
      try {
        Wire.Reply reply = attempt.send();
        if (reply.status() < 300) {
          return;
        }
        violations.add(reply.status() + " " + reply.text());
      } catch (AssertionError e) {
        violations.add(String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LockSupport.parkNanos(RETRY_NANOS); // killed under us: the same event again
      }
    }
  }

  /** Follows the log like a consumer: it must never find an id before the one below it. */
  private void read(Wire admin) {
    while (!over.get()) {
      try {
        Wire.Reply page = Fixture.expect(200, admin.get("/v1/events?limit=500&after=" + lastSeen));
        for (JsonNode row : page.json()) {
          long id = row.path("event").asLong();
          if (id != lastSeen + 1) {
            violations.add("event " + id + " was seen after " + lastSeen);
          }
          lastSeen = id;
        }
      } catch (AssertionError e) {
        violations.add(String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  private static Map<String, Long> stored(Wire admin) {
    Map<String, Long> all = new HashMap<>();
    long last = 0;
    while (true) {
      JsonNode page = admin.get("/v1/events?limit=1000&after=" + last).json();
      if (page.isEmpty()) {
        return all;
      }
      for (JsonNode row : page) {
        last = row.path("event").asLong();
        all.put(row.path("deduper").asString(), last);
      }
    }
  }

  private static Set<Long> delivered(Receiver receiver) {
    return new HashSet<>(receiver.events());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
