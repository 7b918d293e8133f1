package io.amebobridge.benchmarks;

import java.net.URI;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/**
 * The baseline for SQS: it receives ten messages, posts each to Amebo and deletes it when Amebo has
 * it, then receives again; one DeleteMessage each, as AWS's own examples have it. Run as a process:
 * its arguments are SQS's endpoint, the queue's URL, Amebo's URL and a token.
 */
final class SqsLoop {
  private static final String ACTION = "bench.made";

  private SqsLoop() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws Exception {
    String queue = arguments[1];
    PostEvent amebo = new PostEvent(URI.create(arguments[2]), arguments[3]);
    ReceiveMessageRequest ten =
        ReceiveMessageRequest.builder()
            .queueUrl(queue)
            .maxNumberOfMessages(10)
            .waitTimeSeconds(20)
            .build();
    try (SqsClient sqs = SqsFeed.client(URI.create(arguments[0]), 2)) {
      while (true) {
        List<Message> received = sqs.receiveMessage(ten).messages();
        for (Message each : received) {
          amebo.publish(
              ACTION,
              each.messageId(),
              each.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
          sqs.deleteMessage(d -> d.queueUrl(queue).receiptHandle(each.receiptHandle()));
        }
      }
    }
  }
}
