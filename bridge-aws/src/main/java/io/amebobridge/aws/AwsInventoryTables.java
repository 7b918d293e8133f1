package io.amebobridge.aws;

import io.amebobridge.aws.AwsInventory.Attention;
import io.amebobridge.aws.AwsInventory.Queue;
import io.amebobridge.aws.AwsInventory.Subscription;
import io.amebobridge.aws.AwsInventory.Topic;
import io.amebobridge.core.Inventory;
import io.amebobridge.core.Inventory.Table;
import io.amebobridge.core.config.JsonText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An {@link AwsInventory} as tables for people and as plain JSON. Stateless. */
final class AwsInventoryTables {
  private AwsInventoryTables() {}

  static Inventory of(AwsInventory found, List<String> unseen) {
    String in = " in " + found.region();
    return new Inventory(
        List.of(
            topics("topics" + in, found.topics()),
            subscriptions("subscriptions" + in, found.subscriptions()),
            queues("queues" + in, found.queues()),
            ways("ways to the queues" + in, found),
            attention("what wants a look" + in, found.attention())),
        unseen,
        found.json());
  }

  private static Table topics(String title, List<Topic> topics) {
    List<List<String>> rows = new ArrayList<>();
    for (Topic t : topics) {
      rows.add(
          List.of(
              t.name(),
              t.fifo() ? "FIFO" : "standard",
              or(t.displayName()),
              t.kmsKey() == null ? "none" : t.kmsKey(),
              json(t.deliveryPolicy()),
              t.publishers() == null ? "?" : String.join("; ", t.publishers())));
    }
    return new Table(
        title,
        List.of("topic", "type", "display name", "encryption", "delivery policy", "who may"),
        rows);
  }

  private static Table subscriptions(String title, List<Subscription> subscriptions) {
    List<List<String>> rows = new ArrayList<>();
    for (Subscription s : subscriptions) {
      rows.add(
          List.of(
              AwsInventory.name(s.topicArn()),
              s.protocol(),
              s.endpoint(),
              s.pending() ? "pending" : s.seen() ? s.raw() ? "raw" : "envelope" : "?",
              s.filterPolicy() == null
                  ? s.seen() ? "" : "?"
                  : s.scope() + " " + json(s.filterPolicy()),
              s.redriveTarget() == null ? "" : AwsInventory.name(s.redriveTarget())));
    }
    return new Table(
        title,
        List.of("topic", "protocol", "endpoint", "is", "filter policy", "dead letters to"),
        rows);
  }

  private static Table queues(String title, List<Queue> queues) {
    List<String> columns =
        List.of(
            "queue",
            "type",
            "ready",
            "in flight",
            "delayed",
            "oldest",
            "visibility",
            "kept",
            "delay",
            "dead letters to",
            "dead letters from",
            "encryption",
            "who may");
    List<List<String>> rows = new ArrayList<>();
    for (Queue q : queues) {
      List<String> senders = q.senders();
      rows.add(
          List.of(
              q.name(),
              q.fifo() ? "FIFO" : "standard",
              count(q.ready()),
              count(q.inFlight()),
              count(q.delayed()),
              age(q.oldestSeconds()),
              time(q.visibilitySeconds()),
              time(q.retentionSeconds()),
              time(q.delaySeconds()),
              redrive(q),
              names(q.deadLetterSources()),
              q.encryption() == null ? "?" : q.encryption(),
              senders == null
                  ? "?"
                  : senders.isEmpty() ? "the owner" : String.join("; ", senders)));
    }
    return new Table(title, columns, rows);
  }

  private static String redrive(Queue q) {
    String target = q.redriveTarget();
    if (target == null) return "";
    return AwsInventory.name(target) + " after " + count(q.maxReceiveCount());
  }

  private static Table ways(String title, AwsInventory found) {
    List<List<String>> rows = new ArrayList<>();
    for (Queue q : found.queues()) {
      if (q.topics().isEmpty()) rows.add(List.of(q.name(), "only directly"));
      for (String topic : q.topics())
        rows.add(List.of(q.name(), "topic " + AwsInventory.name(topic)));
    }
    return new Table(title, List.of("queue", "publishers send to"), rows);
  }

  private static Table attention(String title, List<Attention> attention) {
    return new Table(
        title,
        List.of("what", "why"),
        attention.stream().map(a -> List.of(a.what(), a.why())).toList());
  }

  private static String names(List<String> arns) {
    return arns.stream().map(AwsInventory::name).collect(Collectors.joining(", "));
  }

  private static String json(@Nullable Object policy) {
    if (policy == null) return "";
    return policy instanceof String text ? text : JsonText.write(policy);
  }

  private static String or(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String count(long number) {
    return number < 0 ? "?" : String.valueOf(number);
  }

  static String age(long seconds) {
    if (seconds < 0) return "?";
    if (seconds == 0) return "";
    Duration age = Duration.ofSeconds(seconds);
    if (age.toDays() > 0) return "%d d %d h".formatted(age.toDays(), age.toHoursPart());
    if (age.toHours() > 0) return "%d h %d min".formatted(age.toHours(), age.toMinutesPart());
    return age.toMinutes() > 0 ? age.toMinutes() + " min" : seconds + " s";
  }

  static String time(long seconds) {
    if (seconds < 0) return "?";
    Duration time = Duration.ofSeconds(seconds);
    if (seconds > 0 && seconds % 86_400 == 0) return time.toDays() + " d";
    if (seconds > 0 && seconds % 3_600 == 0) return time.toHours() + " h";
    return seconds + " s";
  }
}
