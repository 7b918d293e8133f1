package io.amebobridge.aws;

import io.amebobridge.aws.ShadowLook.Topic;
import io.amebobridge.core.SourceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  /** Waits for AWS. Only where the config consents. */
  void missing(ShadowPlan plan) throws SourceException, InterruptedException {
    ShadowSettings shadow = plan.shadow();
    if (!shadow.create()) throw new IllegalStateException("no consent to create " + shadow);
    String url = plan.queueIsMissing() ? queue(plan) : plan.look().queue().url();
    for (Topic t : plan.unsubscribed()) subscribe(plan, t);
    if (!plan.isTagged()) tag(url, plan);
  }

  private String queue(ShadowPlan plan) throws SourceException, InterruptedException {
    ShadowSettings shadow = plan.shadow();
    Map<String, String> attributes = plan.queueAttributes();
    String url =
        api.ask(
            "queue " + shadow.queue(),
            "sqs:CreateQueue",
            () ->
                api.sqs()
                    .createQueue(c -> c.queueName(shadow.queue()).attributesWithStrings(attributes))
                    .queueUrl());
    LOG.info("{}: created queue {} with {}", source, shadow.queue(), attributes);
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
    return url;
  }

  private void subscribe(ShadowPlan plan, Topic topic)
      throws SourceException, InterruptedException {
    Map<String, String> attributes = ShadowPlan.subscriptionAttributes(topic);
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
  private void tag(String url, ShadowPlan plan) throws SourceException, InterruptedException {
    Map<String, String> tags = new LinkedHashMap<>();
    for (ShadowTopic t : plan.shadow().topics()) {
      String name = t.name();
      tags.put(tag(t), name.substring(0, Math.min(TAG_VALUE, name.length())));
    }
    api.ask(
        "queue " + plan.shadow().queue(),
        "sqs:TagQueue",
        () -> api.sqs().tagQueue(t -> t.queueUrl(url).tags(tags)));
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
