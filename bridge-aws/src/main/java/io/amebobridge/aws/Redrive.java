package io.amebobridge.aws;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A queue's redrive policy: SQS itself moves a message to another queue once it was received too
 * often, which each crash of the bridge adds to. Renewing does not. Confined to the pump's thread.
 */
final class Redrive {
  private static final Logger LOG = LoggerFactory.getLogger(Redrive.class);

  /** So few receives are soon used up. */
  private static final long FEW = 5;

  private final SqsSettings settings;
  private final QueueName given;
  private long most = Long.MAX_VALUE;
  private boolean said;

  Redrive(SqsSettings settings, QueueName given) {
    this.settings = settings;
    this.given = given;
  }

  void of(SqsQueue queue) {
    most = maxReceiveCount(queue);
    if (most >= FEW) return;
    LOG.warn(
        "{}: SQS moves what was received more than {} times from {} to {} by itself, and a crash of"
            + " the bridge counts as once; raise maxReceiveCount for the time of the move, or read"
            + " that queue too",
        settings.name(),
        most,
        SqsSettings.called(given),
        target(queue));
  }

  /** {@link Long#MAX_VALUE} where there is no such policy. */
  static long maxReceiveCount(SqsQueue queue) {
    JsonNode policy = policy(queue.attributes().get(QueueAttributeName.REDRIVE_POLICY));
    return policy.path("maxReceiveCount").asLong(Long.MAX_VALUE);
  }

  /** The ARN of where SQS moves messages to; empty where there is no such policy. */
  static String target(SqsQueue queue) {
    return target(queue.attributes().get(QueueAttributeName.REDRIVE_POLICY));
  }

  /** The same of a policy, which may be a subscription's. */
  static String target(@Nullable String policy) {
    return policy(policy).path("deadLetterTargetArn").asString("");
  }

  private static JsonNode policy(@Nullable String text) {
    if (text == null || text.isBlank()) return JsonMapper.shared().createObjectNode();
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return JsonMapper.shared().createObjectNode();
    }
  }

  void arrived(Held message) {
    Object count = message.message.origin().variables().get("receiveCount");
    if (!(count instanceof Integer times) || times < most || said) return;
    said = true;
    LOG.warn(
        "{}: {} has messages that were received {} times; the next time SQS moves them away by the"
            + " queue's redrive policy (maxReceiveCount {}); raise that, or read that queue too",
        settings.name(),
        SqsSettings.called(given),
        times,
        most);
  }
}
