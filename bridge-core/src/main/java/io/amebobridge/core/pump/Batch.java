package io.amebobridge.core.pump;

import io.amebobridge.core.Message;
import io.amebobridge.core.SendResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is sent at once: from each of its lanes the first items, in order. */
final class Batch {
  final Map<Lane, List<Item>> lanes = new LinkedHashMap<>();
  int events;
  long bytes;

  void add(Lane lane, Item item) {
    lanes.computeIfAbsent(lane, l -> new ArrayList<>()).add(item);
    events += item.unsent().size();
    bytes += item.bytes;
  }

  List<Message> messages() {
    List<Message> messages = new ArrayList<>(events);
    lanes.values().forEach(items -> items.forEach(i -> messages.addAll(i.unsent())));
    return messages;
  }

  /** The results of a batch, or why it has none. */
  record Done(Batch batch, @Nullable List<SendResult> results, @Nullable Throwable failure) {}
}
