package io.amebobridge.aws;

import io.amebobridge.aws.AwsInventory.Attention;
import io.amebobridge.aws.AwsInventory.Queue;
import io.amebobridge.aws.AwsInventory.Subscription;
import io.amebobridge.aws.AwsInventory.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds what can't be preserved as it is, or wants a look before a move. Used once. */
final class WantsALook {
  private static final Set<String> BY_HTTP = Set.of("http", "https", "sqs");

  private final List<Attention> found = new ArrayList<>();

  private WantsALook() {}

  static List<Attention> at(
      List<Topic> topics, List<Subscription> subscriptions, List<Queue> queues) {
    WantsALook look = new WantsALook();
    boolean allSeen = !queues.isEmpty() && queues.stream().allMatch(Queue::seen);
    Set<String> known =
        allSeen ? queues.stream().map(Queue::arn).collect(Collectors.toSet()) : Set.of();
    topics.forEach(look::topic);
    subscriptions.forEach(s -> look.subscription(s, known));
    queues.forEach(look::queue);
    return List.copyOf(look.found);
  }

  private void topic(Topic t) {
    String what = "topic " + t.name();
    if (t.fifo()) {
      say("fifo", what, "is FIFO: it orders by message group, Amebo by the key of an event");
    }
    if (t.contentBasedDeduplication()) say("content-deduplication", what, contentDeduplication());
    if (t.archivePolicy() != null) {
      say(
          "archive",
          what,
          "keeps its messages for replays; Amebo keeps events as its retention says");
    }
    if (t.kmsKey() != null) {
      say("kms", what, "is encrypted with KMS key " + t.kmsKey() + "; publishing there needs it");
    }
    if (t.open()) say("open-policy", what, "lets everyone in, as its policy says");
  }

  private void subscription(Subscription s, Set<String> queues) {
    String topic = AwsInventory.name(s.topicArn());
    String what = "subscription of %s %s to %s".formatted(s.protocol(), s.endpoint(), topic);
    if (s.pending()) say("pending-confirmation", what, "was never confirmed: it gets nothing");
    if (s.filterPolicy() != null) {
      say(
          "filter-policy",
          what,
          "gets only what its filter policy (%s) lets through; a route's when, or an action of its own, has to say the same"
              .formatted(s.scope()));
    }
    if (!BY_HTTP.contains(s.protocol())) {
      say("protocol", what, "goes by " + s.protocol() + "; Amebo calls webhooks only");
    }
    if (s.protocol().equals("sqs") && s.raw()) {
      say(
          "raw-delivery",
          what,
          "is raw: the queue's messages don't have SNS's MessageId, so that what SNS delivers twice is two messages");
    }
    if (s.redriveTarget() != null) {
      say(
          "redrive",
          what,
          "sends what can't be delivered to queue "
              + AwsInventory.name(s.redriveTarget())
              + "; Amebo retries, and shows what failed");
    }
    String account = AwsInventory.account(s.topicArn());
    String other = AwsInventory.account(s.endpoint());
    boolean foreign = !s.owner().isEmpty() && !s.owner().equals(account);
    if (foreign || (!other.isEmpty() && !other.equals(account))) {
      say(
          "cross-account",
          what,
          "leads from account %s to account %s: somebody else has to move, or to be told"
              .formatted(account, foreign ? s.owner() : other));
    } else if (s.protocol().equals("sqs") && !queues.isEmpty() && !queues.contains(s.endpoint())) {
      say("missing-queue", what, "leads to a queue that is not seen in this region and account");
    }
  }

  private void queue(Queue q) {
    String what = "queue " + q.name();
    if (q.fifo()) {
      boolean high = "perMessageGroupId".equals(q.fifoThroughputLimit());
      say(
          "fifo",
          what,
          "is FIFO%s: it orders by message group, which is the bridge's lane"
              .formatted(high ? " with high throughput" : ""));
    }
    if (q.contentBasedDeduplication()) say("content-deduplication", what, contentDeduplication());
    if (q.delaySeconds() > 0) {
      say(
          "delay",
          what,
          "delays each message by "
              + q.delaySeconds()
              + " s; with Amebo publishers say sleep_until");
    } else if (q.delayed() > 0) {
      say(
          "message-timers",
          what,
          "has %d messages that their senders delay; with Amebo publishers say sleep_until"
              .formatted(q.delayed()));
    }
    if (q.redriveTarget() != null) {
      say(
          "redrive",
          what,
          "moves what was received %s times to queue %s; Amebo retries as long as its retention lasts"
              .formatted(
                  q.maxReceiveCount() < 0 ? "too many" : q.maxReceiveCount(),
                  AwsInventory.name(q.redriveTarget())));
    }
    if (!q.deadLetterSources().isEmpty() && q.ready() > 0) {
      say(
          "dead-letters",
          what,
          "holds " + q.ready() + " dead letters; decide on them before a move" + expiry(q));
    }
    if (q.retentionSeconds() > 0
        && q.oldestSeconds() > q.retentionSeconds() / 2
        && !keepsFirstTimes(q)) {
      say(
          "old-messages",
          what,
          "has a message that is %s old, and SQS deletes what is %s old: see who is to read it"
              .formatted(
                  AwsInventoryTables.age(q.oldestSeconds()),
                  AwsInventoryTables.time(q.retentionSeconds())));
    }
    String encryption = q.encryption();
    if (encryption != null && !Set.of("none", "SQS-managed").contains(encryption)) {
      say("kms", what, "is encrypted with KMS key " + encryption + "; reading needs kms:Decrypt");
    }
    if (q.open()) say("open-policy", what, "lets everyone in, as its policy says");
  }

  /** SQS moves a message there with the time when it was first sent; its age begins anew. */
  private static boolean keepsFirstTimes(Queue q) {
    return !q.fifo() && !q.deadLetterSources().isEmpty();
  }

  private static String expiry(Queue q) {
    if (!keepsFirstTimes(q) || q.oldestSeconds() <= 0 || q.retentionSeconds() <= 0) return "";
    return ": SQS deletes each %s after it was first sent, and the oldest came here %s ago"
        .formatted(
            AwsInventoryTables.time(q.retentionSeconds()),
            AwsInventoryTables.age(q.oldestSeconds()));
  }

  private static String contentDeduplication() {
    return "drops equal bodies within five minutes; with Amebo publishers give a deduper";
  }

  private void say(String kind, String what, String why) {
    found.add(new Attention(kind, what, why));
  }
}
