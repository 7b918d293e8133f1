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
 * Reads Amebo's whole log and counts: which numbered events are there, which twice, which out of
 * their partition's order.
 */
public final class LogAudit {
  private static final Pattern SEQ = Pattern.compile("\"seq\":\\s*(\\d+)");
  private static final int PAGE = 1000;

  private final BitSet seen = new BitSet();
  private final Map<SourceCoordinates, Long> lastOffset = new HashMap<>();
  private long events;
  private long duplicates;
  private long outOfOrder;

  private LogAudit() {}

  public static LogAudit of(AmeboApi api) throws InterruptedException {
    LogAudit audit = new LogAudit();
    long after = 0;
    while (true) {
      List<StoredEvent> page = api.events(new EventQuery(null, null, after, PAGE));
      if (page.isEmpty()) return audit;
      page.forEach(audit::add);
      after = page.get(page.size() - 1).event();
    }
  }

  private void add(StoredEvent event) {
    events++;
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
