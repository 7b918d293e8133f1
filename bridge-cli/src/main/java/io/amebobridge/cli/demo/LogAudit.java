package io.amebobridge.cli.demo;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.client.StoredEvent;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads Amebo's log as it grows and counts: which numbered events are there, which twice, which
 * behind one that their partition, queue or message group had after them. Not thread-safe.
 */
public final class LogAudit {
  private static final Pattern SEQ = Pattern.compile("\"seq\":\\s*(\\d+)");
  private static final int PAGE = 1000;

  private final BitSet seen = new BitSet();
  private final BitSet late = new BitSet();
  private final BitSet twice = new BitSet();
  private final Map<Lane, Long> farthest = new HashMap<>();
  private long events;
  private long withoutPlace;

  private final AmeboApi api;
  private final IntFunction<@Nullable String> ordered;
  private long duplicates;
  private long last;

  /** What keeps its order: a place, and within it those that belong together. */
  private record Lane(SourceCoordinates place, String group) {}

  /**
   * Reads nothing yet.
   *
   * @param ordered as {@link Example#ordered}
   */
  public LogAudit(AmeboApi api, IntFunction<@Nullable String> ordered) {
    this.api = api;
    this.ordered = ordered;
  }

  /** Reads what has been added since the last time; returns itself. */
  public LogAudit readOn() throws InterruptedException {
    while (true) {
      List<StoredEvent> page = api.events(new EventQuery(null, null, last, PAGE));
      page.forEach(this::add);
      if (page.size() < PAGE) return this;
    }
  }

  private void add(StoredEvent event) {
    events++;
    last = event.event();
    Matcher m = SEQ.matcher(event.payload());
    int seq = m.find() ? Integer.parseInt(m.group(1)) : -1;
    SourceCoordinates source = event.source();
    if (seq < 0 || source == null) {
      withoutPlace++;
      return;
    }
    if (seen.get(seq)) {
      duplicates++;
      twice.set(seq);
    }
    seen.set(seq);
    String group = ordered.apply(seq);
    if (group == null) return;
    // A queue has no offsets: there, the order is that in which one producer has sent.
    long position = source.offset() == null ? seq : source.offset();
    Lane lane =
        new Lane(
            new SourceCoordinates(source.system(), source.stream(), source.partition(), null),
            group);
    Long before = farthest.get(lane);
    if (before == null || before < position) farthest.put(lane, position);
    else late.set(seq);
  }

  public long events() {
    return events;
  }

  /** The numbers of the events in the log. */
  public BitSet seen() {
    return (BitSet) seen.clone();
  }

  public long duplicates() {
    return duplicates;
  }

  /** The numbers of those that are there more than once. */
  public BitSet twice() {
    return (BitSet) twice.clone();
  }

  /**
   * How many stand in the log behind one that came after them, or do not say where they come from.
   *
   * @param sentAgain by the producer, so that they have two places: these are not counted
   */
  public long outOfOrder(BitSet sentAgain) {
    BitSet counted = (BitSet) late.clone();
    counted.andNot(sentAgain);
    return withoutPlace + counted.cardinality();
  }
}
