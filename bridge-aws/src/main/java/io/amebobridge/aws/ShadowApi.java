package io.amebobridge.aws;

import io.amebobridge.aws.ShadowLook.Queue;
import io.amebobridge.aws.ShadowLook.Subscription;
import io.amebobridge.aws.ShadowLook.Topic;
import io.amebobridge.core.SourceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsByTopicResponse;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsResponse;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What a shadow asks AWS. Each call waits for the answer. Thread-safe. */
final class ShadowApi {
  private final AwsAccess access;
  private final ShadowSettings shadow;
  private final SqsClient sqs;
  private final Function<String, SnsClient> snsOfRegion;
  private final Map<String, SnsClient> sns = new ConcurrentHashMap<>();

  /** To spare long lists of subscriptions at each look. */
  private final Map<String, String> known = new ConcurrentHashMap<>();

  /**
   * @param snsOfRegion a client of the region that a topic is in
   */
  ShadowApi(
      AwsAccess access,
      ShadowSettings shadow,
      SqsClient sqs,
      Function<String, SnsClient> snsOfRegion) {
    this.access = access;
    this.shadow = shadow;
    this.sqs = sqs;
    this.snsOfRegion = snsOfRegion;
  }

  SqsClient sqs() {
    return sqs;
  }

  SnsClient sns(ShadowTopic topic) {
    return sns.computeIfAbsent(topic.region(), snsOfRegion);
  }

  /** Empty where there is none. */
  private Optional<Queue> queue(QueueName name) throws SourceException, InterruptedException {
    return find(
        SqsSettings.called(name),
        "sqs:GetQueueUrl and sqs:GetQueueAttributes",
        () -> {
          String given = name.url();
          String url = given == null ? url(name) : given;
          return new Queue(
              url,
              sqs.getQueueAttributes(q -> q.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                  .attributesAsStrings());
        });
  }

  private String url(QueueName name) {
    return sqs.getQueueUrl(q -> q.queueName(name.name()).queueOwnerAWSAccountId(name.account()))
        .queueUrl();
  }

  /** The names of the tags that a queue has. */
  Set<String> tags(Queue queue) throws SourceException, InterruptedException {
    return ask(
        "queue " + shadow.queue(),
        "sqs:ListQueueTags",
        () -> new TreeSet<>(sqs.listQueueTags(t -> t.queueUrl(queue.url())).tags().keySet()));
  }

  /**
   * A topic with the subscriptions of both queues.
   *
   * @param ofOriginal whether the application's is looked for
   */
  private Topic topic(ShadowTopic topic, String originalArn, String queueArn, boolean ofOriginal)
      throws SourceException, InterruptedException {
    Set<String> wanted = new TreeSet<>(Set.of(queueArn));
    if (ofOriginal) wanted.add(originalArn);
    Map<String, Subscription> found = new HashMap<>();
    for (String endpoint : wanted) {
      String arn = known.get(topic.arn() + " " + endpoint);
      if (arn == null) continue;
      attributes(topic, arn).ifPresent(s -> found.put(endpoint, s));
    }
    boolean isThere = found.keySet().containsAll(wanted) || list(topic, wanted, found);
    return new Topic(
        topic, isThere, ofOriginal ? found.get(originalArn) : null, found.get(queueArn));
  }

  /** False where there is no such topic. */
  private boolean list(ShadowTopic topic, Set<String> endpoints, Map<String, Subscription> found)
      throws SourceException, InterruptedException {
    String next = null;
    do {
      String token = next;
      Optional<ListSubscriptionsByTopicResponse> page =
          find(
              "topic " + topic,
              "sns:ListSubscriptionsByTopic",
              () ->
                  sns(topic)
                      .listSubscriptionsByTopic(l -> l.topicArn(topic.arn()).nextToken(token)));
      if (page.isEmpty()) return false;
      for (var s : page.get().subscriptions()) {
        boolean wanted = "sqs".equals(s.protocol()) && endpoints.contains(s.endpoint());
        if (!wanted || found.containsKey(s.endpoint())) continue;
        Optional<Subscription> read = attributes(topic, s.subscriptionArn());
        if (read.isEmpty()) continue;
        found.put(s.endpoint(), read.get());
        known.put(topic.arn() + " " + s.endpoint(), s.subscriptionArn());
      }
      next = page.get().nextToken();
    } while (next != null && !next.isEmpty() && !found.keySet().containsAll(endpoints));
    return true;
  }

  private Optional<Subscription> attributes(ShadowTopic topic, String arn)
      throws SourceException, InterruptedException {
    if (!arn.startsWith("arn:")) { // SNS writes PendingConfirmation instead
      return Optional.of(new Subscription(arn, Map.of("PendingConfirmation", "true")));
    }
    return find(
        "subscription " + arn,
        "sns:GetSubscriptionAttributes",
        () ->
            new Subscription(
                arn,
                new LinkedHashMap<>(
                    sns(topic)
                        .getSubscriptionAttributes(g -> g.subscriptionArn(arn))
                        .attributes())));
  }

  /** The topics of one region that a queue is subscribed to. */
  Set<String> topicsOf(String queueArn) throws SourceException, InterruptedException {
    Set<String> topics = new TreeSet<>();
    SnsClient client = sns(shadow.topics().get(0));
    String next = null;
    do {
      String token = next;
      ListSubscriptionsResponse page =
          ask(
              "the list of subscriptions",
              "sns:ListSubscriptions",
              () -> client.listSubscriptions(l -> l.nextToken(token)));
      for (var s : page.subscriptions()) {
        if (queueArn.equals(s.endpoint())) topics.add(s.topicArn());
      }
      next = page.nextToken();
    } while (next != null && !next.isEmpty());
    return topics;
  }

  /** All of it, as the config names it. */
  ShadowLook look() throws SourceException, InterruptedException {
    return look(true, queue(shadow.original()).orElseThrow(this::noOriginal), true);
  }

  /**
   * Again, of what may change.
   *
   * @param before the application's queue, which may be gone by now
   */
  ShadowLook look(Queue before) throws SourceException, InterruptedException {
    Optional<Queue> original = queue(shadow.original());
    return look(false, original.orElse(before), original.isPresent());
  }

  private ShadowLook look(boolean ofOriginal, Queue original, boolean isThere)
      throws SourceException, InterruptedException {
    Queue queue = queue(shadow.name()).orElse(null);
    String second = shadow.dropped();
    Queue dropped = second == null ? null : queue(shadow.beside(second)).orElse(null);
    String arn = queueArn(original.arn());
    List<Topic> topics = new ArrayList<>();
    for (ShadowTopic t : shadow.topics()) {
      topics.add(topic(t, original.arn(), arn, ofOriginal || t.filter() == null));
    }
    return new ShadowLook(original, isThere, queue, dropped, topics);
  }

  private SourceException noOriginal() {
    return SourceException.permanent(
        shadow.place()
            + ": there is no queue "
            + shadow.original()
            + " at "
            + access.address()
            + ", whose messages are to be copied, or these credentials may not see it; correct the"
            + " name or the region, or grant sqs:GetQueueUrl on it",
        null);
  }

  /** The shadow's, which is beside the application's queue. */
  String queueArn(String originalArn) {
    return originalArn.substring(0, originalArn.lastIndexOf(':') + 1) + shadow.queue();
  }

  /** Empty where it is not there. */
  private <T> Optional<T> find(String what, String permission, Callable<T> call)
      throws SourceException, InterruptedException {
    try {
      return Optional.of(call.call());
    } catch (Exception e) {
      if (AwsErrors.kind(e) == AwsErrors.Kind.MISSING) return Optional.empty();
      throw failed(what, permission, e);
    }
  }

  /** A call that needs an answer. */
  <T> T ask(String what, String permission, Callable<T> call)
      throws SourceException, InterruptedException {
    try {
      return call.call();
    } catch (Exception e) {
      throw failed(what, permission, e);
    }
  }

  private SourceException failed(String what, String permission, Exception failure)
      throws InterruptedException {
    boolean interrupted = Thread.interrupted();
    if (interrupted || failure instanceof InterruptedException) {
      InterruptedException e = new InterruptedException("while AWS was asked for " + what);
      e.initCause(failure);
      throw e;
    }
    if (failure instanceof SourceException known) return known;
    return AwsErrors.source(access, what, permission, failure);
  }

  @Override
  public String toString() {
    return shadow.toString();
  }

  /** Of a subscription that is to be made: its ARN, or what SNS says instead. */
  @Nullable String subscribe(ShadowTopic topic, String queueArn, Map<String, String> attributes)
      throws SourceException, InterruptedException {
    return ask(
        "topic " + topic,
        "sns:Subscribe",
        () ->
            sns(topic)
                .subscribe(
                    s ->
                        s.topicArn(topic.arn())
                            .protocol("sqs")
                            .endpoint(queueArn)
                            .attributes(attributes)
                            .returnSubscriptionArn(true))
                .subscriptionArn());
  }
}
