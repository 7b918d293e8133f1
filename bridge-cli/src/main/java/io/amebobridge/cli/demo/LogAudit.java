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
 * Reads Amebo's log as it grows and counts: which numbered events are there, which twice, which out
 * of their partition's order. Not thread-safe.
 */
public final class LogAudit {
  private static final Pattern SEQ = Pattern.compile("\"seq\":\\s*(\\d+)");
  private static final int PAGE = 1000;

  private final BitSet seen = new BitSet();
  private final Map<SourceCoordinates, Long> lastOffset = new HashMap<>();
  private long events;
  private long duplicates;
  private long outOfOrder;

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
    if (m.find()) {
      int seq = Integer.parseInt(m.group(1));
      if (seen.get(seq)) duplicates++;
      seen.set(seq);
    }
    SourceCoordinates source = event.source();
    if (source == null || source.offset() == null) return;
    SourceCoordinates partition =
        new SourceCoordinates(source.system(), source.stream(), source.partition(), null);
    Long last = lastOffset.put(partition, source.offset());
    if (last != null && last >= source.offset()) outOfOrder++;
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

  public long outOfOrder() {
    return outOfOrder;
  }
}
