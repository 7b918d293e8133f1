package io.amebobridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.MessageSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Reads a source patiently. Confined to the thread of the source that it reads. */
public final class Reads {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);

  private Reads() {}

  /** Exactly so many. */
  public static List<Delivery> read(MessageSource source, int count) throws Exception {
    List<Delivery> got = new ArrayList<>();
    pollUntil(source, got, () -> got.size() >= count);
    assertThat(bodies(got)).hasSize(count);
    return got;
  }

  /** So many, settled and closed; the bodies. */
  public static List<String> readAllAndClose(MessageSource source, int count) throws Exception {
    try (source) {
      source.open();
      List<Delivery> got = read(source, count);
      source.settle(got);
      return bodies(got);
    }
  }

  public static void pollUntil(MessageSource source, List<Delivery> into, Callable<Boolean> enough)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!enough.call()) {
      into.addAll(source.poll(500, POLL));
      if (System.nanoTime() > deadline) throw new AssertionError("only got " + bodies(into));
    }
  }

  public static void pollUntil(MessageSource source, Callable<Boolean> enough) throws Exception {
    pollUntil(source, new ArrayList<>(), enough);
  }

  public static List<String> bodies(List<Delivery> deliveries) {
    return deliveries.stream().map(Reads::body).toList();
  }

  public static String body(Delivery delivery) {
    byte @Nullable [] body = delivery.message().body();
    return body == null ? "null" : new String(body, StandardCharsets.UTF_8);
  }

  public static LaneStatus lane(MessageSource source, String lane) {
    return source.lanes().stream().filter(s -> s.lane().equals(lane)).findFirst().orElseThrow();
  }
}
