package io.amebobridge.cli.serve;

import static io.amebobridge.cli.serve.OptionType.bytes;
import static io.amebobridge.cli.serve.OptionType.duration;

import io.amebobridge.server.RetentionSettings;
import io.amebobridge.server.cluster.ClusterSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How long events are kept, and how a database is shared with other servers. */
final class KeepingOptions {
  private static final String FOR_EVER = "for ever";

  static final List<ServeOption<?>> ALL =
      List.of(
          retention(
              "AMEBO_RETENTION_AGE",
              duration(),
              "How long the events of an action are kept that has no retention of its own."
                  + " Nothing undelivered is ever removed.",
              RetentionSettings::age,
              RetentionSettings::withAge),
          retention(
              "AMEBO_RETENTION_SIZE",
              bytes(1 << 10, 1L << 50),
              "How many bytes of payload are kept, the newest, of each action that has no retention"
                  + " of its own.",
              RetentionSettings::bytes,
              RetentionSettings::withBytes),
          retention(
              "AMEBO_RETENTION_INTERVAL",
              duration(),
              "The time between two rounds of removing events.",
              RetentionSettings::interval,
              RetentionSettings::withInterval),
          cluster(
              "AMEBO_CLUSTER_TIME_TO_LIVE",
              "PostgreSQL: a server that was not heard of for so long loses its subscriptions to"
                  + " the others; it says that it lives five times in that time, and each second"
                  + " at least. 2s to 10m.",
              ClusterSettings::timeToLive,
              ClusterSettings::withTimeToLive),
          cluster(
              "AMEBO_CLUSTER_POLL",
              "PostgreSQL: the time between two looks at what other servers have stored.",
              ClusterSettings::poll,
              ClusterSettings::withPoll),
          cluster(
              "AMEBO_CLUSTER_DRAIN",
              "PostgreSQL: calls in flight have this long to end before another server takes a"
                  + " subscription over.",
              ClusterSettings::drain,
              ClusterSettings::withDrain));

  private KeepingOptions() {}

  private static <T> ServeOption<T> retention(
      String name,
      OptionType<T> type,
      String says,
      Function<RetentionSettings, @Nullable T> get,
      BiFunction<RetentionSettings, T, RetentionSettings> set) {
    return ServeOption.server(
        name,
        type,
        says,
        FOR_EVER,
        c -> get.apply(c.retention()),
        (c, value) -> c.withRetention(set.apply(c.retention(), value)));
  }

  private static ServeOption<Duration> cluster(
      String name,
      String says,
      Function<ClusterSettings, Duration> get,
      BiFunction<ClusterSettings, Duration, ClusterSettings> set) {
    return ServeOption.server(
        name,
        duration(),
        says,
        "",
        c -> get.apply(c.cluster()),
        (c, value) -> c.withCluster(set.apply(c.cluster(), value)));
  }
}
