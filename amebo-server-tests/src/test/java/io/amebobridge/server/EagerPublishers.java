package io.amebobridge.server;

import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Publishers that go on whatever happens to the server, and a consumer that follows the log. Most
 * send an event until they have an answer; some give it up, so that its fate stays unknown.
 */
final class EagerPublishers implements AutoCloseable {
  private static final int SINGLES = 3;
  private static final int BATCH = 20;
  private static final int LARGE = 8000;
  private final SentEvents sent;
  private final Wire admin;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean over;
  private volatile boolean large;

  EagerPublishers(SentEvents sent, Wire admin, long seed) {
    this.sent = sent;
    this.admin = admin;
    for (int i = 0; i < SINGLES; i++) {
      Random random = new Random(seed + i);
      threads.execute(() -> guarded(() -> singles(random)));
    }
    threads.execute(() -> guarded(() -> batches(new Random(seed - 1))));
    threads.execute(() -> guarded(this::follow));
  }

  /** Whether batches are heavy, to use up a disk. */
  void large(boolean yes) {
    large = yes;
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | AssertionError e) {
      sent.violated("a publisher ended: " + e);
    }
  }

  private void singles(Random random) {
    while (!over) {
      // Some sleep a few seconds.
      long wake =
          random.nextInt(25) == 0 ? System.currentTimeMillis() / 1000 + 1 + random.nextInt(4) : 0;
      SentEvents.Event event = sent.next("user.created", wake, random.nextInt(60));
      untilAnswered(
          random,
          List.of(event),
          () -> {
            Wire.Reply reply = admin.post("/v1/events", event.body());
            if (reply.status() == 201) {
              sent.acknowledged(event, reply.json().path("event").asLong());
            }
            return reply;
          });
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(10)));
    }
  }

  private void batches(Random random) {
    while (!over) {
      List<SentEvents.Event> events = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        events.add(sent.next("user.deleted", 0, large ? LARGE : random.nextInt(60)));
      }
      String body =
          events.stream().map(SentEvents.Event::body).collect(Collectors.joining(",", "[", "]"));
      untilAnswered(
          random,
          events,
          () -> {
            Wire.Reply reply = admin.post("/v1/events/batch", body);
            if (reply.status() == 200) {
              JsonNode results = reply.json().path("results");
              for (int i = 0; i < BATCH; i++) {
                sent.acknowledged(events.get(i), results.path(i).path("event").asLong());
              }
            }
            return reply;
          });
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(large ? 5 : 50 + random.nextInt(200)));
    }
  }

  private interface Attempt {
    Wire.Reply send();
  }

  private void untilAnswered(Random random, List<SentEvents.Event> events, Attempt attempt) {
    while (true) {
      Outcome outcome = attempt(events, attempt);
      boolean given = outcome == Outcome.FAILED && random.nextInt(10) == 0;
      if (outcome == Outcome.ACKNOWLEDGED || given || over) {
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5 + random.nextInt(40)));
    }
  }

  private enum Outcome {
    ACKNOWLEDGED,
    FAILED,
    NEVER_SENT
  }

  private Outcome attempt(List<SentEvents.Event> events, Attempt attempt) {
    try {
      Wire.Reply reply = attempt.send();
      if (reply.status() == 503) {
        sent.refused();
        if (reply.error().contains("it is not known")) {
          events.forEach(sent::leftOpen);
        }
        return Outcome.FAILED;
      }
      if (reply.status() >= 300) {
        sent.violated("publishing was answered " + reply.status() + " " + reply.text());
        return Outcome.FAILED;
      }
      return Outcome.ACKNOWLEDGED;
    } catch (RuntimeException e) {
      if (neverSent(e)) {
        return Outcome.NEVER_SENT;
      }
      events.forEach(sent::leftOpen);
      return Outcome.FAILED;
    }
  }

  private static boolean neverSent(@Nullable Throwable thrown) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      if (e instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  /** It must never find an id before the one below it. */
  private void follow() {
    long last = 0;
    while (!over) {
      try {
        Wire.Reply page = admin.get("/v1/events?limit=200&after=" + last);
        if (page.status() == 200) {
          for (JsonNode row : page.json()) {
            long id = row.path("event").asLong();
            if (id != last + 1) {
              sent.violated("event " + id + " was seen after " + last);
            }
            last = id;
          }
        } else if (page.status() != 503) {
          sent.violated("reading was answered " + page.status() + " " + page.text());
        }
      } catch (RuntimeException e) {
        // killed under us
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  /** No more events are begun; returns when all have ended. */
  boolean finish() throws InterruptedException {
    over = true;
    threads.shutdown();
    return threads.awaitTermination(90, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    over = true;
    threads.shutdownNow();
  }
}
