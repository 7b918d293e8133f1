package io.amebobridge.benchmarks;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/** A queue of SQS, standard or FIFO; a FIFO queue's messages take turns among its groups. */
final class SqsFeed implements Feed {
  static final String REGION = "us-east-1";
  private static final String KEY = "bench";
  private static final int BATCH = 10;
  private static final int THREADS = 4;

  /** Who publishes at a rate is not held up by an answer, unless so many are missing. */
  private static final int UNANSWERED = 16;

  private final URI loadEndpoint;
  private final URI endpoint;
  private final int groups;
  private final int receivers;
  private final String queue;
  private final String url;
  private final SqsClient sqs;
  private final ExecutorService threads = Executors.newFixedThreadPool(UNANSWERED);
  private final Semaphore unanswered = new Semaphore(UNANSWERED);
  private final AtomicLong published = new AtomicLong();
  private volatile boolean failed;

  /**
   * Creates the queue.
   *
   * @param endpoint the server's
   * @param asSeen the server's as those find it that are measured
   * @param groups 0: a standard queue
   * @param receivers the bridge's; 0: as many as it has by itself
   */
  SqsFeed(URI endpoint, URI asSeen, int groups, int receivers) {
    this.loadEndpoint = endpoint;
    this.endpoint = asSeen;
    this.groups = groups;
    this.receivers = receivers;
    sqs = client(endpoint, UNANSWERED);
    queue = "bench-" + UUID.randomUUID() + (groups == 0 ? "" : ".fifo");
    Map<QueueAttributeName, String> fifo =
        groups == 0 ? Map.of() : Map.of(QueueAttributeName.FIFO_QUEUE, "true");
    url = sqs.createQueue(q -> q.queueName(queue).attributes(fifo)).queueUrl();
  }

  static SqsClient client(URI endpoint, int connections) {
    return SqsClient.builder()
        .endpointOverride(endpoint)
        .region(Region.of(REGION))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, KEY)))
        .httpClientBuilder(Apache5HttpClient.builder().maxConnections(connections))
        .build();
  }

  @Override
  public void publish(String body) throws InterruptedException {
    if (failed) throw new IllegalStateException("a message was not taken by " + loadEndpoint);
    long n = published.incrementAndGet();
    unanswered.acquire();
    threads.execute(
        () -> {
          try {
            sqs.sendMessage(
                m -> {
                  m.queueUrl(url).messageBody(body);
                  if (groups > 0) m.messageGroupId(group(n)).messageDeduplicationId("m" + n);
                });
          } catch (RuntimeException e) {
            failed = true;
          } finally {
            unanswered.release();
          }
        });
  }

  private String group(long n) {
    return "group-" + n % groups;
  }

  @Override
  public double fill(int count, String body) throws Exception {
    AtomicLong left = new AtomicLong(count);
    return perSecond(
        count,
        () -> {
          for (long n = left.addAndGet(-BATCH); n > -BATCH; n = left.addAndGet(-BATCH)) {
            send((int) Math.min(BATCH, n + BATCH), body);
          }
          return true;
        });
  }

  private void send(int count, String body) {
    List<SendMessageBatchRequestEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long n = published.incrementAndGet();
      SendMessageBatchRequestEntry.Builder entry =
          SendMessageBatchRequestEntry.builder().id("i" + i).messageBody(body);
      if (groups > 0) entry.messageGroupId(group(n)).messageDeduplicationId("m" + n);
      entries.add(entry.build());
    }
    SendMessageBatchResponse answer = sqs.sendMessageBatch(b -> b.queueUrl(url).entries(entries));
    if (!answer.failed().isEmpty()) {
      throw new IllegalStateException(
          loadEndpoint + " did not take all of a batch: " + answer.failed().get(0));
    }
  }

  @Override
  public double drain(int count) throws Exception {
    AtomicLong taken = new AtomicLong();
    return perSecond(
        count,
        () -> {
          while (taken.get() < count) taken.addAndGet(take());
          return true;
        });
  }

  private int take() {
    List<Message> received =
        sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(BATCH)).messages();
    List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>(received.size());
    for (Message each : received) {
      entries.add(
          DeleteMessageBatchRequestEntry.builder()
              .id("i" + entries.size())
              .receiptHandle(each.receiptHandle())
              .build());
    }
    if (!entries.isEmpty()) sqs.deleteMessageBatch(b -> b.queueUrl(url).entries(entries));
    return entries.size();
  }

  private double perSecond(int count, Callable<Boolean> work) throws Exception {
    long began = System.nanoTime();
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) all.add(threads.submit(work));
    for (Future<Boolean> each : all) each.get();
    return count / ((System.nanoTime() - began) / 1e9);
  }

  @Override
  public String source() {
    return """
    {sqs: {endpoint: "%s", region: %s, accessKeyId: %s, secretAccessKey: %s}, queue: "%s",
          read: takeover%s}"""
        .formatted(
            endpoint, REGION, KEY, KEY, queue, receivers == 0 ? "" : ", receivers: " + receivers);
  }

  @Override
  public String action() {
    return "bench.made";
  }

  @Override
  public List<String> loop() {
    return List.of(SqsLoop.class.getName(), endpoint.toString(), url);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    sqs.deleteQueue(q -> q.queueUrl(url));
    sqs.close();
  }
}
