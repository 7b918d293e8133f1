package io.amebobridge.examples;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.NewEvent;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.Secret;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.sns.SnsClient;

/**
 * The order service on its way from SNS to Amebo, one method for each stage. In between it
 * publishes to both: Amebo is told which message of SNS this is, so that the copy that the bridge
 * brings is recognised, whichever comes first.
 */
public final class DualPublisher {
  private static final String ACTION = "order.placed";
  private final SnsClient sns;
  private final String topicArn;
  private final AmeboApi amebo;

  public DualPublisher(SnsClient sns, String topicArn, AmeboApi amebo) {
    this.sns = sns;
    this.topicArn = topicArn;
    this.amebo = amebo;
  }

  /** As it always was; returns the MessageId. */
  public String toSns(String payload) {
    return sns.publish(p -> p.topicArn(topicArn).message(payload)).messageId();
  }

  /**
   * To SNS, and then the same to Amebo. Whoever is not sure that Amebo has it need not try again:
   * the bridge brings it.
   */
  public CompletionStage<PublishResult> toBoth(String payload) {
    return amebo.publish(NewEvent.of(ACTION, payload, "sns:" + toSns(payload)));
  }

  /** Once nobody needs SNS: with an idempotency key of the service's own. */
  public CompletionStage<PublishResult> toAmebo(String orderId, String payload) {
    return amebo.publish(NewEvent.of(ACTION, payload, "order-" + orderId));
  }

  /**
   * Publishes one order; needs {@code AMEBO_URL}, {@code ORDERS_SECRET}, {@code TOPIC_ARN}, and
   * what AWS's clients need.
   *
   * @param args {@code sns}, {@code both} or {@code amebo}, and the order's number
   */
  public static void main(String[] args) {
    String url = System.getenv().getOrDefault("AMEBO_URL", "http://localhost:3310");
    Secret secret = Secret.of(System.getenv("ORDERS_SECRET"));
    String payload = "{\"orderId\":\"" + args[1] + "\"}";
    try (SnsClient sns = SnsClient.create();
        AmeboApi amebo =
            AmeboHttpClient.builder(url, Credentials.application("orders", secret)).build()) {
      DualPublisher publisher = new DualPublisher(sns, System.getenv("TOPIC_ARN"), amebo);
      switch (args[0]) {
        case "sns" -> System.out.println(publisher.toSns(payload));
        case "both" -> System.out.println(publisher.toBoth(payload).toCompletableFuture().join());
        case "amebo" ->
            System.out.println(publisher.toAmebo(args[1], payload).toCompletableFuture().join());
        default -> throw new IllegalArgumentException(args[0] + " is not sns, both or amebo");
      }
    }
  }
}
