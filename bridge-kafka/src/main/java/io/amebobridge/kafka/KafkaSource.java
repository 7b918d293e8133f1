package io.amebobridge.kafka;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics as a member of a consumer group. Confined to the pump's thread, except {@link
 * #wakeup()}.
 */
final class KafkaSource implements MessageSource {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSource.class);

  /** While there is enough to hand out, the consumer is still polled this often. */
  private static final long KEEP_ALIVE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final Duration WAIT_PLACING = Duration.ofMillis(5);
  private static final Duration WAIT = Duration.ofMillis(100);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** All that lives from open to close. */
  private record Open(
      KafkaAdmin admin,
      Consumer<byte[], byte[]> consumer,
      Commits commits,
      Assignment assignment,
      Watch watch) {}

  private final KafkaSettings settings;
  private final KafkaErrors errors;
  private final Repeated troubles;
  private @Nullable RevocationHandler handler;
  private @Nullable SourceException stopped;
  private long lastPoll = System.nanoTime();
  private int turn;

  // volatile for wakeup alone, which comes from another thread: it finds the consumer here, and
  // leaves word for the case that the consumer is not in a poll, or spends it on a commit
  private volatile @Nullable Open open;
  private volatile boolean woken;

  KafkaSource(KafkaSettings settings) {
    this.settings = settings;
    errors = new KafkaErrors(settings);
    troubles = new Repeated(LOG, settings.name() + ": polling Kafka fails, goes on");
  }

  @Override
  public void beforeRevocation(RevocationHandler drain) {
    handler = drain;
  }

  @Override
  public void open() throws SourceException, InterruptedException {
    if (open != null) throw new IllegalStateException("open already");
    KafkaAdmin admin = new KafkaAdmin(settings);
    try {
      open = join(admin);
    } finally {
      if (open == null) admin.close();
    }
  }

  private Open join(KafkaAdmin admin) throws SourceException, InterruptedException {
    String clusterId = admin.get(admin.clusterId(), "to connect");
    Topics topics = Topics.find(settings, admin);
    if (topics.byName().isEmpty()) {
      LOG.warn("{}: no topic matches {} yet", settings.name(), settings.topics());
    }
    var uncommitted = new FirstStart(settings, admin, topics).pin();
    try {
      Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(ClientOptions.forConsumer(settings));
      Commits commits = new Commits(consumer, settings, System::nanoTime);
      Assignment assignment =
          new Assignment(settings, admin, consumer, commits, clusterId, uncommitted, handler);
      if (settings.topics().hasPatterns()) {
        consumer.subscribe(settings.topics().pattern(), assignment);
      } else {
        consumer.subscribe(settings.topics().names(), assignment);
      }
      Watch watch = new Watch(settings, admin, System::nanoTime);
      return new Open(admin, consumer, commits, assignment, watch);
    } catch (KafkaException e) {
      throw errors.ofConstruction(e);
    }
  }

  @Override
  public List<Delivery> poll(int max, Duration maxWait)
      throws SourceException, InterruptedException {
    Open now = requireOpen();
    long deadline = System.nanoTime() + maxWait.toNanos();
    while (true) {
      work(now);
      int ready = ready(now);
      boolean enough = max > 0 && ready >= max;
      if (!enough || System.nanoTime() - lastPoll > KEEP_ALIVE_NANOS) {
        fetchOnly(now, max > 0 && !enough);
        boolean haveSome = max > 0 && ready > 0;
        pollConsumer(now, haveSome || woken ? Duration.ZERO : slice(now, deadline));
      }
      List<Delivery> out = handOut(now, max);
      if (!out.isEmpty() || woken || System.nanoTime() >= deadline) {
        woken = false;
        return out;
      }
    }
  }

  /** The periodic work that never waits. */
  private void work(Open now) throws SourceException, InterruptedException {
    if (stopped != null) throw stopped;
    try {
      now.assignment().place();
      now.commits().step(now.assignment().partitions());
      var recreated = now.watch().step(now.assignment().partitions());
      if (!recreated.isEmpty()) now.assignment().recreated(recreated);
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (SourceException e) {
      stopped = e;
      throw e;
    }
  }

  private static Duration slice(Open now, long deadline) {
    Duration most = now.assignment().isPlacing() ? WAIT_PLACING : WAIT;
    Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    return left.compareTo(most) < 0 ? left : most;
  }

  private int ready(Open now) {
    int ready = 0;
    for (Partition p : now.assignment().partitions()) {
      ready += p.deliverable(settings.maxUnsettled());
    }
    return ready;
  }

  /** Pauses what has no room, or all; what Kafka has fetched of a paused one is kept. */
  private void fetchOnly(Open now, boolean read) {
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    for (Partition p : now.assignment().partitions()) {
      boolean fetch = read && p.hasRoom(settings.maxUnsettled());
      if (fetch == p.isFetching()) continue;
      p.fetching(fetch);
      (fetch ? resume : pause).add(p.id());
    }
    if (!pause.isEmpty()) now.consumer().pause(pause);
    if (!resume.isEmpty()) now.consumer().resume(resume);
  }

  private void pollConsumer(Open now, Duration wait) throws SourceException, InterruptedException {
    try {
      ConsumerRecords<byte[], byte[]> records = now.consumer().poll(wait);
      for (TopicPartition id : records.partitions()) {
        Partition partition = now.assignment().get(id);
        if (partition != null) partition.add(records.records(id));
      }
      troubles.over();
    } catch (WakeupException e) {
      woken = true;
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (LogTruncationException e) {
      now.assignment().truncated(e);
    } catch (OffsetOutOfRangeException e) {
      now.assignment().outOfRange(e.offsetOutOfRangePartitions());
    } catch (KafkaException e) {
      failed(e);
    }
    lastPoll = System.nanoTime();
    now.assignment().throwDrainFailure();
  }

  private void failed(KafkaException failure) throws SourceException {
    SourceException e = errors.of("to poll", failure);
    if (e.temporary() && failure instanceof RetriableException) {
      troubles.happened(e.getMessage());
      return;
    }
    if (!e.temporary()) stopped = e;
    throw e;
  }

  private static InterruptedException interrupted(InterruptException e) {
    Thread.interrupted(); // Kafka has set it again; the exception says it
    InterruptedException interrupted = new InterruptedException("interrupted while polling Kafka");
    interrupted.initCause(e);
    return interrupted;
  }

  /** Fairly: each partition that has some gives its share, and another one begins each time. */
  private List<Delivery> handOut(Open now, int max) {
    List<Partition> ready = new ArrayList<>();
    for (Partition p : now.assignment().partitions()) {
      if (p.deliverable(settings.maxUnsettled()) > 0) ready.add(p);
    }
    if (max <= 0 || ready.isEmpty()) return List.of();
    int share = Math.max(1, max / ready.size());
    List<Delivery> out = new ArrayList<>();
    turn = (turn + 1) % ready.size();
    boolean more = true;
    while (more && out.size() < max) {
      more = false;
      for (int i = 0; i < ready.size() && out.size() < max; i++) {
        Partition p = ready.get((turn + i) % ready.size());
        int n = Math.min(p.deliverable(settings.maxUnsettled()), Math.min(share, max - out.size()));
        for (int k = 0; k < n; k++) out.add(p.next());
        more |= n > 0;
      }
    }
    return out;
  }

  @Override
  public boolean owns(Delivery delivery) {
    return receiptOf(delivery).partition.isOwned();
  }

  @Override
  public void settle(Collection<Delivery> finished) {
    for (Delivery delivery : finished) {
      Receipt receipt = receiptOf(delivery);
      if (receipt.partition.isOwned()) receipt.partition.settle(receipt);
    }
  }

  private static Receipt receiptOf(Delivery delivery) {
    if (delivery.receipt() instanceof Receipt receipt) return receipt;
    throw new IllegalArgumentException("not a delivery of Kafka: " + delivery.message());
  }

  @Override
  public void wakeup() {
    woken = true;
    Open now = open;
    if (now != null) now.consumer().wakeup();
  }

  @Override
  public List<LaneStatus> lanes() {
    Open now = open;
    if (now == null) return List.of();
    List<LaneStatus> lanes = new ArrayList<>();
    for (Partition p : now.assignment().partitions()) {
      if (p.isPlaced()) lanes.add(status(now, p));
    }
    return lanes;
  }

  private static LaneStatus status(Open now, Partition p) {
    TopicPartition id = p.id();
    long consumed = Positions.of(now.consumer(), id);
    long position = p.handedOutBefore() >= 0 ? p.handedOutBefore() : consumed;
    long settled = p.settledBefore() >= 0 ? p.settledBefore() : consumed;
    OptionalLong ahead = now.consumer().currentLag(id);
    long end = p.end();
    if (ahead.isPresent() && consumed >= 0) end = Math.max(end, consumed + ahead.getAsLong());
    Long retention = now.watch().retentionMillis(id.topic());
    Long headroom = null;
    if (retention != null && p.oldestUnsettled() >= 0) {
      long age = InstantSource.system().millis() - p.oldestUnsettled();
      headroom = TimeUnit.MILLISECONDS.toSeconds(retention - age);
    }
    Map<String, String> labels =
        Map.of("topic", id.topic(), "partition", String.valueOf(id.partition()));
    return new LaneStatus(p.lane(), position, settled, end, labels, headroom);
  }

  @Override
  public @Nullable String away() {
    Open now = open;
    return now == null ? null : now.watch().away();
  }

  @Override
  public void close() {
    Open now = open;
    open = null;
    if (now == null) return;
    boolean interrupted = Thread.interrupted(); // else Kafka would not commit
    try {
      leave(now);
    } finally {
      now.admin().close();
      List.copyOf(now.assignment().partitions()).forEach(Partition::abandon);
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private void leave(Open now) {
    try {
      boolean durable = now.commits().now(now.assignment().partitions(), Commits.PATIENCE);
      if (!durable) now.assignment().brokerIsAway();
    } catch (KafkaException e) {
      LOG.warn("{}: the last commit: {}", settings.name(), e.toString());
    }
    try {
      now.consumer().close(CloseOptions.timeout(CLOSE_TIMEOUT));
      now.assignment().throwDrainFailure();
    } catch (KafkaException | SourceException e) {
      LOG.warn("{}: closing: {}", settings.name(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Open requireOpen() {
    Open now = open;
    if (now == null) throw new IllegalStateException("not open: " + this);
    return now;
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
