package io.amebobridge.core.pump;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.Message;
import io.amebobridge.core.SendResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A delivery and the messages it has become, until each of them has met its end. */
final class Item {
  final Delivery delivery;
  final String route;
  final int bytes;

  /** Of what it has become, beyond the delivery's own. */
  final int addedBytes;

  /** Still to be sent; shrinks as results come in. */
  private final List<Message> unsent;

  private final List<Message> rejected = new ArrayList<>();
  private @Nullable String reason;
  private boolean duplicate = true;

  Item(Delivery delivery, String route, List<Message> messages) {
    this.delivery = delivery;
    this.route = route;
    this.unsent = new ArrayList<>(messages);
    this.addedBytes = added(delivery, messages);
    this.bytes = delivery.message().size() + addedBytes;
  }

  /** A body that is handed through is counted once. */
  private static int added(Delivery delivery, List<Message> messages) {
    long size = 0;
    for (Message m : messages) {
      if (m.body() != delivery.message().body()) size += m.size();
    }
    return (int) Math.min(size, Integer.MAX_VALUE / 2);
  }

  List<Message> unsent() {
    return unsent;
  }

  /** Takes the results of the unsent messages, in their order. */
  void take(List<SendResult> results) {
    List<Message> again = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      SendResult result = results.get(i);
      switch (result.outcome()) {
        case ACCEPTED -> duplicate = false;
        case DUPLICATE -> {}
        case REJECTED -> {
          rejected.add(unsent.get(i));
          if (reason == null) reason = result.detail();
        }
        case UNAVAILABLE, DENIED -> again.add(unsent.get(i));
      }
    }
    unsent.clear();
    unsent.addAll(again);
  }

  boolean finished() {
    return unsent.isEmpty();
  }

  /** Accepted, and every part of it was there before. */
  boolean duplicate() {
    return duplicate;
  }

  /** What was rejected for good; empty if all was accepted. */
  List<Message> rejected() {
    return rejected;
  }

  String reason() {
    return reason == null ? "rejected without a reason" : reason;
  }
}
