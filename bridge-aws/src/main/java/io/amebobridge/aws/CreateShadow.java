package io.amebobridge.aws;

import io.amebobridge.aws.ShadowLook.Queue;
import io.amebobridge.aws.ShadowLook.Topic;
import io.amebobridge.core.SourceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.TagQueueResponse;

/** Creates what is missing of a shadow; changes nothing that is there, removes nothing, ever. */
final class CreateShadow {
  private static final Logger LOG = LoggerFactory.getLogger(CreateShadow.class);
  private static final int TAG_VALUE = 200;

  private final String source;
  private final ShadowApi api;

  CreateShadow(String source, ShadowApi api) {
    this.source = source;
    this.api = api;
  }

  /**
   * Waits for AWS. Only where the config consents.
   *
   * @return the queue, where it was created now
   */
  Optional<CreatedQueue> missing(ShadowPlan plan) throws SourceException, InterruptedException {
    ShadowSettings shadow = plan.shadow();
    if (!shadow.create()) throw new IllegalStateException("no consent to create " + shadow);
    Queue queue = plan.look().queue();
    String dropped = shadow.dropped();
    if (dropped != null && plan.droppedIsMissing()) {
      var unused = queue(plan, dropped, plan.droppedAttributes());
    }
    CreatedQueue created =
        queue == null ? queue(plan, shadow.queue(), plan.queueAttributes()) : null;
    for (Topic t : plan.unsubscribed()) subscribe(plan, t);
    if (created != null) {
      ask(
          shadow.queue(),
          "sqs:TagQueue",
          () -> created.whenThere(() -> tag(created.url(), shadow)));
    } else if (queue != null && !plan.isTagged()) {
      ask(shadow.queue(), "sqs:TagQueue", () -> tag(queue.url(), shadow));
    }
    return Optional.ofNullable(created);
  }

  private <T> T ask(String queue, String permission, Callable<T> call)
      throws SourceException, InterruptedException {
    return api.ask("queue " + queue, permission, call);
  }

  private CreatedQueue queue(ShadowPlan plan, String name, Map<String, String> attributes)
      throws SourceException, InterruptedException {
    ShadowSettings shadow = plan.shadow();
    String url =
        ask(
            name,
            "sqs:CreateQueue",
            () ->
                api.sqs()
                    .createQueue(c -> c.queueName(name).attributesWithStrings(attributes))
                    .queueUrl());
    LOG.info("{}: created queue {} with {}", source, name, attributes);
    String account = plan.arn().split(":", -1)[4];
    if (!url.contains("/" + account + "/")) {
      throw SourceException.permanent(
          shadow.place()
              + ": queue "
              + shadow.original()
              + " is in account "
              + account
              + ", and the bridge's credentials created "
              + url
              + "; use credentials of that account",
          null);
    }
    CreatedQueue created = new CreatedQueue(shadow.beside(name), url, System.nanoTime());
    // else SNS would drop at once what it has for a queue that is not there
    ask(
        name,
        "sqs:GetQueueAttributes",
        () -> created.whenThere(() -> api.sqs().getQueueAttributes(g -> g.queueUrl(url))));
    return created;
  }

  private void subscribe(ShadowPlan plan, Topic topic)
      throws SourceException, InterruptedException {
    Map<String, String> attributes = plan.subscriptionAttributes(topic);
    String arn = api.subscribe(topic.topic(), plan.arn(), attributes);
    LOG.info(
        "{}: subscribed queue {} to topic {} with {}: {}; copies begin now, and SNS takes up to 15"
            + " minutes for a filter policy",
        source,
        plan.shadow().queue(),
        topic.topic(),
        attributes,
        arn);
  }

  /** So that a subscription that is gone later is told from one that was never made. */
  private TagQueueResponse tag(String url, ShadowSettings shadow) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (ShadowTopic t : shadow.topics()) {
      String name = t.name();
      tags.put(tag(t), name.substring(0, Math.min(TAG_VALUE, name.length())));
    }
    return api.sqs().tagQueue(t -> t.queueUrl(url).tags(tags));
  }

  /** The name of a topic's tag: an ARN may be longer than a tag. */
  static String tag(ShadowTopic topic) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(topic.arn().getBytes(StandardCharsets.UTF_8));
      return "amebo-bridge:" + HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java has no SHA-256", e);
    }
  }
}
