package io.amebobridge.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;

/**
 * A producer as it should be: what SNS has not confirmed is published again, under the same
 * deduplication id, before anything that comes after it. A standard topic takes no such id, and
 * what stands in for SNS forgets them when it is killed: what is published again may be another
 * message.
 */
final class OrderPublisher implements Example.Producer {
  private static final int MOST_AT_ONCE = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final OrderTopics topics;
  private final AtomicLong acknowledged;
  private final SnsClient sns;
  private final BitSet sentAgain = new BitSet();

  OrderPublisher(Aws aws, OrderTopics topics, AtomicLong acknowledged) {
    this.topics = topics;
    this.acknowledged = acknowledged;
    sns = aws.snsClient();
  }

  @Override
  public void send(int from, int to) throws InterruptedException {
    int stride = MOST_AT_ONCE * topics.fans().size();
    for (int next = from; next < to; next += stride) {
      for (OrderTopics.Fan fan : topics.fans()) {
        List<Integer> numbers = new ArrayList<>();
        for (int n = next; n < Math.min(next + stride, to); n++) {
          if (topics.fan(n).equals(fan)) numbers.add(n);
        }
        if (!numbers.isEmpty()) publish(topics.arn(fan), numbers);
      }
    }
  }

  private void publish(String topic, List<Integer> numbers) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<Integer> left = numbers;
    while (true) {
      String failure;
      try {
        List<Integer> failed = publishOnce(topic, left);
        acknowledged.addAndGet(left.size() - failed.size());
        if (failed.isEmpty()) return;
        left = failed;
        failure = left.size() + " were not taken";
      } catch (SdkException e) {
        failure = String.valueOf(e.getMessage());
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("could not publish to " + topic + ": " + failure);
      }
      left.forEach(sentAgain::set);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private List<Integer> publishOnce(String topic, List<Integer> numbers) {
    List<PublishBatchRequestEntry> entries = numbers.stream().map(topics::entry).toList();
    Set<Integer> failed =
        sns
            .publishBatch(b -> b.topicArn(topic).publishBatchRequestEntries(entries))
            .failed()
            .stream()
            .map(BatchResultErrorEntry::id)
            .map(Integer::valueOf)
            .collect(Collectors.toSet());
    return numbers.stream().filter(failed::contains).toList();
  }

  @Override
  public BitSet sentAgain() {
    return (BitSet) sentAgain.clone();
  }

  @Override
  public BitSet withNewIdentity() {
    return sentAgain();
  }

  @Override
  public void close() {
    sns.close();
  }
}
