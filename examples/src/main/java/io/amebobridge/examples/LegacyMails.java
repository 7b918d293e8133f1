package io.amebobridge.examples;

import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * The email-service before it moves: it polls its queue, which is subscribed to the topic with raw
 * delivery, and deletes what is done. The bridge of {@code aws/bridge.yaml} has a queue of its own
 * beside this one, and it notices nothing. Once it has moved, {@link EmailService} does its work.
 */
public final class LegacyMails implements AutoCloseable {
  private static final int WAIT_SECONDS = 1;
  private final SqsClient sqs;
  private final String queueUrl;
  private final Consumer<String> work;
  private final Thread thread = new Thread(this::poll, "legacy-mails");
  private volatile boolean closed;

  /** Begins to work. */
  public LegacyMails(SqsClient sqs, String queueUrl, Consumer<String> work) {
    this.sqs = sqs;
    this.queueUrl = queueUrl;
    this.work = work;
    thread.start();
  }

  private void poll() {
    while (!closed) {
      try {
        for (Message each : receive()) {
          work.accept(each.body());
          sqs.deleteMessage(d -> d.queueUrl(queueUrl).receiptHandle(each.receiptHandle()));
        }
      } catch (SdkException e) {
        if (!closed) System.err.println(e.getMessage()); // what was not deleted comes again
      }
    }
  }

  private List<Message> receive() {
    return sqs.receiveMessage(
            r -> r.queueUrl(queueUrl).maxNumberOfMessages(10).waitTimeSeconds(WAIT_SECONDS))
        .messages();
  }

  /** Ends with what it is doing. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Prints what it is given: {@code java ... LegacyMails https://sqs...amazonaws.com/.../mails}.
   */
  public static void main(String[] args) {
    var unused =
        new LegacyMails(SqsClient.create(), args[0], new OncePerOrder(System.out::println));
  }
}
