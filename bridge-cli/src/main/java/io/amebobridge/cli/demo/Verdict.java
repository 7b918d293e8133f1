package io.amebobridge.cli.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run has shown.
 *
 * @param broker what it was
 * @param lane what keeps its order there
 * @param produced messages the broker acknowledged
 * @param events rows in Amebo's log
 * @param delivered different events that reached the webhook
 * @param lost messages that are neither dead-lettered nor both in the log and delivered
 * @param duplicates events in the log more than once
 * @param outOfOrder events that stand in the log behind one that came after them in their
 *     partition, queue or message group
 * @param deadLettered messages in the dead-letter store
 * @param redelivered webhook calls for an event that had been delivered
 * @param kills how often the bridge was killed
 * @param messagesPerSecond from the first message to the last delivery, the kill included
 * @param steadyMessagesPerSecond into the log, while the bridge was up: until the kill, and from
 *     the first event after it to the last
 */
record Verdict(
    String broker,
    String lane,
    long produced,
    long events,
    long delivered,
    long lost,
    long duplicates,
    long outOfOrder,
    long deadLettered,
    long redelivered,
    int kills,
    double seconds,
    long messagesPerSecond,
    long steadyMessagesPerSecond) {

  boolean good() {
    return lost == 0 && duplicates == 0 && outOfOrder == 0;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("broker", broker);
    json.put("produced", produced);
    json.put("events", events);
    json.put("delivered", delivered);
    json.put("lost", lost);
    json.put("duplicates", duplicates);
    json.put("outOfOrder", outOfOrder);
    json.put("deadLettered", deadLettered);
    json.put("redelivered", redelivered);
    json.put("kills", kills);
    json.put("seconds", Math.round(seconds * 10) / 10.0);
    json.put("messagesPerSecond", messagesPerSecond);
    json.put("steadyMessagesPerSecond", steadyMessagesPerSecond);
    return json;
  }

  String table() {
    return String.join(
        "\n",
        "",
        row("produced", produced, "to " + broker),
        row("events in Amebo", events, ""),
        row("delivered to the webhook", delivered, ""),
        row("lost", lost, ""),
        row("duplicate events", duplicates, ""),
        row("out of order", outOfOrder, "within a " + lane),
        row("dead-lettered", deadLettered, ""),
        row("webhook calls repeated", redelivered, "at-least-once"),
        row("bridge killed -9", kills, kills == 1 ? "time" : "times"),
        row("rate, the kill included", messagesPerSecond, "messages/s"),
        row("rate, bridge up", steadyMessagesPerSecond, "messages/s"),
        "",
        good() ? "Nothing was lost, nothing is there twice." : "NOT GOOD: see the figures above.");
  }

  private static String row(String name, long value, String unit) {
    return "  %-26s %,12d  %s".formatted(name, value, unit).stripTrailing();
  }
}
