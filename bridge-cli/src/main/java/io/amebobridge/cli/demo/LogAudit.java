package io.amebobridge.cli.demo;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.client.StoredEvent;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Amebo's log as it grows and counts: which numbered events are there, which twice, which
 * behind one that their partition or queue had after them. Not thread-safe.
 */
public final class LogAudit {
  private static final Pattern SEQ = Pattern.compile("\"seq\":\\s*(\\d+)");
  private static final int PAGE = 1000;

  private final BitSet seen = new BitSet();
  private final BitSet late = new BitSet();
  private final Map<SourceCoordinates, Long> farthest = new HashMap<>();
  private long events;
  private long duplicates;
  private long withoutPlace;

  private final AmeboApi api;
  private long last;

  public LogAudit(AmeboApi api) {
    this.api = api;
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
    if (seen.get(seq)) duplicates++;
    seen.set(seq);
    // A queue has no offsets: there, the order is that in which one producer has sent.
    long position = source.offset() == null ? seq : source.offset();
    SourceCoordinates lane =
        new SourceCoordinates(source.system(), source.stream(), source.partition(), null);
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
