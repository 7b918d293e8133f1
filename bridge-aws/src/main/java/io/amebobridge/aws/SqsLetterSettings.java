package io.amebobridge.aws;

import io.amebobridge.core.Naming;
import io.amebobridge.core.config.ConfigSection;
import java.time.Duration;

/**
 * {@code deadLetters:} as far as it is about SQS.
 *
 * @param queue name, ARN or URL
 * @param answerLimit how long SQS may take to store one copy
 */
record SqsLetterSettings(AwsAccess access, String queue, Duration answerLimit) {
  static final String PLACE = "deadLetters";

  /** What is wrong becomes problems there. */
  static SqsLetterSettings read(ConfigSection section) {
    AwsAccess access = AwsAccess.read(section.section("sqs"));
    String queue = section.required("queue", QueueName.ALLOWED);
    try {
      if (!queue.isBlank()) {
        String region = QueueName.parse(queue).region();
        if (region != null && access.region() != null && !region.equals(access.region())) {
          section.problem(
              "queue",
              "got %s, which is in %s, but %s.region is %s; make them the same"
                  .formatted(queue, region, access.place(), access.region()));
        }
      }
    } catch (IllegalArgumentException e) {
      section.problem("queue", String.valueOf(e.getMessage()));
    }
    return new SqsLetterSettings(
        access,
        queue,
        section.duration(
            "confirmTimeout",
            SendSettings.ANSWER_LIMIT,
            Duration.ofMillis(100),
            Duration.ofHours(1)));
  }

  SendSettings sending() {
    return new SendSettings(
        "dead-letters",
        access,
        Naming.fixed(queue),
        null,
        SendSettings.MOST_IN_BATCH,
        SendSettings.REQUESTS,
        answerLimit);
  }
}
