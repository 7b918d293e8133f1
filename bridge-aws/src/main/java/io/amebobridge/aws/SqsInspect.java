package io.amebobridge.aws;

import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.Message;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Connects and looks; takes nothing from a queue and hides nothing. */
final class SqsInspect {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofMinutes(15);
  private static final long MOST_AT_ONCE = 10;

  private final SqsSettings settings;
  private final List<String> facts = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, Message> taken = new LinkedHashMap<>();

  SqsInspect(SqsSettings settings) {
    this.settings = settings;
  }

  Inspection look(int samples) throws SourceException, InterruptedException {
    try (AwsClients clients = new AwsClients(settings.access(), 4, ANSWER)) {
      SqsClient sqs = clients.sqs();
      facts.add("SQS at " + clients.address(sqs));
      ShadowSettings shadow = settings.shadow();
      if (shadow == null) {
        takeover(sqs, samples);
      } else {
        ShadowApi api = new ShadowApi(settings.access(), shadow, sqs, clients::sns);
        ShadowPlan plan = new InspectShadow(shadow, api, facts, warnings).look();
        if (!plan.queueIsMissing()) {
          List<SqsQueue> queues = find(sqs);
          renewals(queues);
          if (samples > 0) sample(sqs, queues.get(0), samples);
        }
      }
      if (settings.payloads().fetch()) {
        new PayloadStore(settings.payloads(), clients.s3()).look(facts, warnings);
        if (shadow != null) warnings.add(PayloadStore.deletedByOthers(shadow));
      }
    }
    return new Inspection(
        List.copyOf(facts), List.copyOf(warnings), taken.values().stream().limit(samples).toList());
  }

  private void takeover(SqsClient sqs, int samples) throws SourceException {
    List<SqsQueue> queues = find(sqs);
    for (SqsQueue queue : queues) {
      describe(queue);
      warnings.addAll(SqsPermissions.missing(sqs, queue));
      if (samples > taken.size()) sample(sqs, queue, samples);
    }
    renewals(queues);
    facts.add("takes what it reads from the queue (read: takeover)");
    facts.add("needs these permissions and no more: " + SqsPermissions.statement(queues));
  }

  private void renewals(List<SqsQueue> queues) {
    String slow = Renewers.of(settings, queues).warning();
    if (slow != null) warnings.add(slow);
  }

  /** All of them; says of each what is wrong. */
  private List<SqsQueue> find(SqsClient sqs) throws SourceException {
    List<SqsQueue> found = new ArrayList<>();
    List<SourceException> missing = new ArrayList<>();
    for (QueueName given : settings.queues()) {
      try {
        found.add(SqsQueue.find(sqs, given, settings.visibility()));
      } catch (SdkException e) {
        missing.add(
            AwsErrors.source(
                settings.access(), SqsSettings.called(given), SqsPermissions.TO_FIND, e));
      }
    }
    if (missing.isEmpty()) return found;
    String all =
        String.join("; ", missing.stream().map(e -> String.valueOf(e.getMessage())).toList());
    Throwable first = missing.get(0).getCause();
    throw missing.stream().anyMatch(e -> !e.temporary())
        ? SourceException.permanent(all, first)
        : SourceException.temporary(all, first);
  }

  private void describe(SqsQueue queue) {
    String name = SqsSettings.called(queue.given());
    Map<QueueAttributeName, String> a = queue.attributes();
    if (queue.unreadable() != null) {
      facts.add(name + ": its attributes may not be read");
      warnings.add(name + ": grant sqs:GetQueueAttributes, to see what it is and how full it is");
      return;
    }
    String inFlight = a.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
    facts.add(
        "%s (%s): about %s messages, %s in flight, %s delayed; kept for %s; hidden for %s at a time"
            .formatted(
                name,
                queue.isFifo() ? "FIFO" : "standard",
                a.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES),
                inFlight,
                a.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED),
                seconds(a.get(QueueAttributeName.MESSAGE_RETENTION_PERIOD)),
                seconds(Long.toString(queue.visibility().toSeconds()))));
    if (inFlight != null && !inFlight.equals("0")) {
      warnings.add(
          name
              + " has messages in flight ("
              + inFlight
              + "): somebody else reads it, which SQS does not name; stop its consumers, they share"
              + " its messages with the bridge");
    } else {
      facts.add(name + ": SQS does not tell who reads it; stop its own consumers");
    }
    visibility(name, queue);
    redrive(name, queue);
  }

  private void visibility(String name, SqsQueue queue) {
    if (queue.visibility().compareTo(SHORT) < 0) {
      warnings.add(
          "%s hides messages for %s at a time, which one slow answer of SQS may use up; set %s.visibility to 30s or more"
              .formatted(name, seconds(queue.visibility().toSeconds() + ""), settings.place()));
    } else if (queue.visibility().compareTo(LONG) > 0) {
      warnings.add(
          "%s hides messages for %s at a time, and that is how long they stay away after a crash of the bridge; set %s.visibility to some minutes, it is renewed"
              .formatted(name, seconds(queue.visibility().toSeconds() + ""), settings.place()));
    }
  }

  private void redrive(String name, SqsQueue queue) {
    String target = Redrive.target(queue);
    if (target.isEmpty()) return;
    warnings.add(
        "%s: SQS moves what was received more than %d times to %s by itself; while Amebo is away the bridge keeps messages hidden, which does not count, but each crash of the bridge, and each outage of SQS longer than %s, counts as one: raise maxReceiveCount for the time of the move, or read that queue too"
            .formatted(
                name,
                Redrive.maxReceiveCount(queue),
                target,
                seconds(queue.visibility().toSeconds() + "")));
  }

  /** By receives that hide nothing; each counts as one, so not where that has consequences. */
  private void sample(SqsClient sqs, SqsQueue queue, int samples) {
    String name = SqsSettings.called(queue.given());
    if (queue.isFifo() || !Redrive.target(queue).isEmpty() || queue.unreadable() != null) {
      String why =
          queue.isFifo()
              ? "SQS shows a message only by receiving it, which takes its group from the others"
              : "SQS counts each look as a receive, and the redrive policy moves away what was"
                  + " received too often";
      warnings.add("no samples of " + name + ": " + why);
      return;
    }
    SqsMessage messages = new SqsMessage(settings, queue);
    long looks = 1 + samples / MOST_AT_ONCE;
    try {
      for (long i = 0; i <= looks && taken.size() < samples; i++) {
        for (var received : receive(sqs, queue)) {
          taken.putIfAbsent(received.messageId(), messages.read(received).message());
        }
      }
      if (!taken.isEmpty()) facts.add(name + ": each sample counts as one receive of its message");
    } catch (SdkException e) {
      warnings.add(
          "no samples: " + AwsErrors.text(settings.access(), name, "sqs:ReceiveMessage", e));
    }
  }

  private static List<software.amazon.awssdk.services.sqs.model.Message> receive(
      SqsClient sqs, SqsQueue queue) {
    return sqs.receiveMessage(
            r ->
                r.queueUrl(queue.url())
                    .maxNumberOfMessages((int) MOST_AT_ONCE)
                    .visibilityTimeout(0)
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
                    .messageAttributeNames("All"))
        .messages();
  }

  private static String seconds(@org.jspecify.annotations.Nullable String text) {
    if (text == null) return "?";
    Duration d = Duration.ofSeconds(Long.parseLong(text));
    if (d.toDays() > 0 && d.toSeconds() % 86_400 == 0) return d.toDays() + " d";
    if (d.toHours() > 0 && d.toSeconds() % 3_600 == 0) return d.toHours() + " h";
    if (d.toMinutes() > 0 && d.toSeconds() % 60 == 0) return d.toMinutes() + " min";
    return d.toSeconds() + " s";
  }
}
