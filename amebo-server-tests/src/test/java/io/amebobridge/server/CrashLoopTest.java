package io.amebobridge.server;

import static io.amebobridge.server.CrashLoopTest.Blow.BOTH;
import static io.amebobridge.server.CrashLoopTest.Blow.DATABASE;
import static io.amebobridge.server.CrashLoopTest.Blow.FULL;
import static io.amebobridge.server.CrashLoopTest.Blow.FULL_AND_KILL;
import static io.amebobridge.server.CrashLoopTest.Blow.KILL;
import static io.amebobridge.server.CrashLoopTest.Blow.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * Whatever ends a server, at any moment: what was acknowledged is stored once, what is stored was
 * sent, and is delivered. {@code -Damebo.crash.cycles=300} for more than a look, {@code
 * -Damebo.crash.seed} to begin with the same dice.
 */
@OnEveryDatabase
@Timeout(value = 4, unit = TimeUnit.HOURS)
class CrashLoopTest {
  /** What happens to the server at the end of a cycle. */
  enum Blow {
    KILL,
    STOP,
    DATABASE,
    BOTH,
    FULL,
    FULL_AND_KILL
  }

  private static final int CYCLES = Integer.getInteger("amebo.crash.cycles", 6);
  private static final long SEED = Long.getLong("amebo.crash.seed", System.nanoTime());
  private static final Duration PATIENCE = Duration.ofSeconds(90); // machines that build are busy
  @Parameter Engine engine;
  @TempDir Path dir;
  private final Random random = new Random(SEED);
  private final SentEvents sent = new SentEvents();
  private final CountedDeliveries deliveries = new CountedDeliveries(SEED);
  private final Map<Blow, Integer> dealt = new EnumMap<>(Blow.class);

  /** How often a life was broken off: its own end, or that of its database. */
  private final Map<Integer, Integer> broken = new HashMap<>();

  private CrashSite site;
  private ServerProcess server;
  private EagerPublishers publishers;

  @Test
  void whateverEndsTheServer() throws Exception {
    List<Blow> deck =
        engine == Engine.SQLITE
            ? List.of(KILL, KILL, KILL, KILL, STOP)
            : List.of(KILL, KILL, KILL, STOP, DATABASE, BOTH);
    try (CrashSite made = CrashSite.of(engine, dir, null)) {
      run(made, deck, CYCLES);
    }
  }

  @Test
  void whateverEndsTheServerWhenItsDiskIsFull() throws Exception {
    List<Blow> deck = List.of(FULL, FULL_AND_KILL, KILL);
    int cycles = (CYCLES + 1) / 2; // they take longer
    try (CrashSite made = CrashSite.of(engine, dir, SmallDisk.mount(64 + 6 * cycles))) {
      run(made, deck, cycles);
    }
  }

  private void run(CrashSite made, List<Blow> deck, int cycles) throws Exception {
    long began = System.nanoTime();
    System.out.println(engine + ", seed " + SEED + ", cycles " + cycles);
    site = made;
    try (Receiver receiver = new Receiver();
        ServerProcess process = new ServerProcess(made.wrapper(), made.dsn(), dir)) {
      receiver.keepNothing();
      receiver.answer(deliveries::answer);
      server = process;
      live();
      server.awaitReady();
      Wire admin = server.admin();
      Fixture.register(admin, receiver.url());
      CrashVerdict.SUBSCRIPTIONS.forEach((path, action) -> subscribe(admin, path, action));
      try (EagerPublishers eager = new EagerPublishers(sent, admin, SEED)) {
        publishers = eager;
        List<Blow> left = new ArrayList<>();
        for (int cycle = 0; cycle < cycles; cycle++) {
          if (left.isEmpty()) {
            left.addAll(deck);
            Collections.shuffle(left, random);
          }
          cycle(left.remove(0));
        }
        server.awaitReady();
        assertThat(publishers.finish()).as("publishers end").isTrue();
      }
      CrashVerdict verdict = new CrashVerdict(sent, deliveries, admin);
      verdict.awaitDelivered();
      assertThat(server.stop()).as("the last life ends in order").isTrue();
      verdict.pass(site, this::breaks);
      long seconds = (System.nanoTime() - began) / 1_000_000_000;
      System.out.println(engine + ", " + dealt + ", " + seconds + " s: " + verdict);
    }
  }

  private static void subscribe(Wire admin, String path, String action) {
    Fixture.expect(
        201,
        admin.post(
            "/v1/subscriptions",
            "{\"application\":\"mailer\",\"action\":\""
                + action
                + "\",\"handler\":\""
                + path
                + "\",\"secret\":\""
                + Fixture.OTHER_SECRET
                + "\",\"max_retries\":1000,\"ordered\":"
                + path.equals(CountedDeliveries.ORDERED)
                + "}"));
  }

  private void cycle(Blow blow) throws Exception {
    dealt.merge(blow, 1, Integer::sum);
    boolean young = random.nextInt(6) == 0; // it may not even listen yet
    if (!young || blow == FULL || blow == FULL_AND_KILL) {
      goesOn(random.nextInt(200));
    }
    // Where leases are, a new server waits for those of the one that was killed.
    pause(random.nextInt(3) == 0 ? 100 : engine == Engine.SQLITE ? 1200 : 4000);
    switch (blow) {
      case KILL -> {
        killed();
        live();
      }
      case STOP -> {
        assertThat(server.stop()).as(() -> server.said(server.life())).isTrue();
        live();
      }
      case DATABASE -> databaseKilled();
      case BOTH -> {
        boolean first = random.nextBoolean();
        if (first) {
          site.postgres().kill9();
        }
        killed();
        if (!first) {
          site.postgres().kill9();
        }
        site.postgres().start();
        live();
      }
      case FULL, FULL_AND_KILL -> full(blow == FULL_AND_KILL);
    }
  }

  private void killed() throws InterruptedException {
    broken.merge(server.life(), 1, Integer::sum);
    server.kill();
  }

  private void live() throws java.io.IOException {
    server.begin();
    deliveries.life(server.life());
  }

  private void databaseKilled() throws Exception {
    server.awaitReady();
    broken.merge(server.life(), 1, Integer::sum);
    site.postgres().kill9();
    pause(1000);
    site.postgres().start();
    goesOn(20);
  }

  private void full(boolean kill) throws Exception {
    publishers.large(true);
    int before = sent.refusals();
    await("refusals for want of room")
        .atMost(PATIENCE)
        .until(
            () -> {
              site.disk().fill();
              return sent.refusals() >= before + 5;
            });
    publishers.large(false);
    pause(1000);
    assertThat(server.anonymous().get("/health").status()).isEqualTo(200);
    assertThat(server.anonymous().get("/ready").text()).doesNotContain("Exception");
    if (kill) {
      killed();
      live(); // on a full disk: it may start or say why not
      pause(3000);
      killed();
    }
    site.disk().free();
    if (kill) {
      live();
    } else {
      goesOn(20);
    }
  }

  /** The same process stores so many more. */
  private void goesOn(int events) {
    int before = sent.acked();
    await("it goes on")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .failFast("it ended", server::assertAlive)
        .until(() -> sent.acked() > before + events);
  }

  private void pause(int mostMillis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(mostMillis)));
  }

  /** One that was not heard of in time gives its subscriptions up, as if it had been killed. */
  private int breaks(int life) {
    int givenUp = server.said(life).split("was not heard of in time", -1).length - 1;
    return broken.getOrDefault(life, 0) + givenUp;
  }
}
