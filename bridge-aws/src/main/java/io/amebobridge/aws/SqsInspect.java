package io.amebobridge.aws;

import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.Message;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Connects and looks; takes nothing from a queue and changes nothing. */
final class SqsInspect {
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final SqsSettings settings;
  private final List<String> facts = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<Message> taken = new ArrayList<>();

  SqsInspect(SqsSettings settings) {
    this.settings = settings;
  }

  Inspection look(int samples) throws SourceException, InterruptedException {
    try (AwsClients clients = new AwsClients(settings.access(), 4, ANSWER)) {
      SqsClient sqs = clients.sqs();
      facts.add("SQS at " + settings.access().address());
      for (QueueName queue : settings.queues()) look(sqs, queue);
    }
    if (samples > 0) warnings.add("no samples: SQS shows a message only by receiving it");
    return new Inspection(List.copyOf(facts), List.copyOf(warnings), List.copyOf(taken));
  }

  private void look(SqsClient sqs, QueueName given) throws SourceException {
    try {
      SqsQueue queue = SqsQueue.find(sqs, given, settings.visibility());
      Map<QueueAttributeName, String> a = queue.attributes();
      facts.add(
          "queue %s: about %s messages, %s in flight"
              .formatted(
                  queue.name(),
                  a.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES),
                  a.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE)));
    } catch (SdkException e) {
      throw AwsErrors.source(
          settings.access(),
          SqsSettings.called(given),
          "sqs:GetQueueUrl and sqs:GetQueueAttributes",
          e);
    }
  }
}
