package io.amebobridge.rabbitmq;

import java.util.ArrayList;
import java.util.List;

/**
 * What a shadow needs at the broker and how much of it is there. Immutable.
 *
 * @param queue whether the shadow queue is there, the same
 * @param dropped the same of the queue of evidence; {@link State#SAME} where none is wanted
 * @param bindings with the state of each, in the config's order
 * @param ready messages in the shadow queue
 * @param evidence of copies that were never read
 * @param wasThere whether the queue of evidence is there: it is declared last
 */
record ShadowPlan(
    ShadowSettings shadow,
    State queue,
    State dropped,
    List<Bound> bindings,
    long ready,
    long evidence,
    boolean wasThere,
    List<String> warnings) {
  /** How much is there; what differs is refused. */
  enum State {
    MISSING("will be declared"),
    SAME("is there already, the same"),
    UNKNOWN("will be declared unless it is there (AMQP does not tell; the management API does)");

    private final String words;

    State(String words) {
      this.words = words;
    }
  }

  /** A binding and whether it is there. */
  record Bound(ShadowBinding binding, State state) {}

  ShadowPlan {
    bindings = List.copyOf(bindings);
    warnings = List.copyOf(warnings);
  }

  /** A line for each thing. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "queue %s, durable, %s: %s".formatted(shadow.queue(), shadow.arguments(), queue.words));
    for (Bound b : bindings) {
      lines.add("binding of %s to %s: %s".formatted(shadow.queue(), b.binding(), b.state().words));
    }
    if (shadow.dropped() != null) {
      lines.add(
          "queue %s, durable, %s: %s"
              .formatted(shadow.dropped(), shadow.droppedArguments(), dropped.words));
    }
    return lines;
  }

  /** The bindings that are not known to be there. */
  List<ShadowBinding> toBind() {
    return bindings.stream().filter(b -> b.state() != State.SAME).map(Bound::binding).toList();
  }
}
