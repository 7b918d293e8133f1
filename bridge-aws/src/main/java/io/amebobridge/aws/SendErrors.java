package io.amebobridge.aws;

import io.amebobridge.aws.AwsErrors.Kind;
import io.amebobridge.core.SendResult;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * What AWS's refusals mean for a message (rule 6). No message is given up for a request that was
 * refused with a code that nobody foresaw. Immutable.
 *
 * @param permission what sending needs, such as {@code sqs:SendMessage}
 */
record SendErrors(AwsAccess access, String permission) {
  private static final int LONGEST_TEXT = 200;

  /** Refusals of a request that are about what is in it. */
  private static final Set<String> CONTENT =
      Set.of(
          "batchrequesttoolong",
          "invalidattributevalue",
          "invalidmessagecontents",
          "invalidparameter",
          "invalidparametervalue",
          "missingparameter",
          "parametervalueinvalid",
          "validationerror",
          "validationexception");

  /** Whether one of the messages of this request is at fault, rather than all of it. */
  static boolean isAboutContent(RuntimeException e) {
    return AwsErrors.kind(e) == Kind.REFUSED
        && CONTENT.contains(normal(code(e)))
        && !isAboutTopic(e);
  }

  /** As of an ARN of another region than the endpoint's, for which SNS has no code of its own. */
  private static boolean isAboutTopic(RuntimeException e) {
    AwsErrorDetails details = details(e);
    String message = details == null ? null : details.errorMessage();
    return message != null && message.contains("Invalid parameter: TopicArn");
  }

  /** Of a whole request. */
  SendResult of(RuntimeException e, SendTarget target) {
    Kind kind = kind(AwsErrors.kind(e), code(e));
    String reason = AwsErrors.reason(e);
    if (isAboutContent(e)) return SendResult.rejected(text(target, kind, detailed(reason, e)));
    if (kind == Kind.REFUSED && isAboutTopic(e)) {
      return SendResult.denied(
          text(target, kind, detailed(reason, e))
              + "; correct the ARN's partition, region and account, or "
              + access.place()
              + ".endpoint, which is asked for topics of all regions");
    }
    Duration retryAfter = retryAfter(e);
    return kind == Kind.REFUSED
        ? SendResult.unavailable(text(target, kind, detailed(reason, e)), retryAfter)
        : of(
            kind,
            target,
            AwsErrors.text(access, target.toString(), permission, kind, e),
            retryAfter);
  }

  /** Of one entry of a batch. */
  SendResult of(boolean senderFault, String code, @Nullable String message, SendTarget target) {
    Kind kind = kind(AwsErrors.kind(code, senderFault), code);
    String reason = message == null ? code : code + ": " + bounded(message);
    if (kind == Kind.REFUSED) return SendResult.rejected(text(target, kind, reason));
    return of(kind, target, text(target, kind, reason), null);
  }

  private SendResult of(Kind kind, SendTarget target, String why, @Nullable Duration retryAfter) {
    return switch (kind) {
      case DENIED, REFUSED_CREDENTIALS, NO_CREDENTIALS -> SendResult.denied(why);
      case MISSING ->
          target.wasThere() ? SendResult.unavailable(why, null) : SendResult.denied(why);
      case EXPIRED ->
          nobodyRenews() ? SendResult.denied(why) : SendResult.unavailable(why, retryAfter);
      default -> SendResult.unavailable(why, retryAfter);
    };
  }

  /** Keys that are written in the config stay as they are. */
  private boolean nobodyRenews() {
    return access.keys() != null && access.role() == null;
  }

  private String text(SendTarget target, Kind kind, String reason) {
    return AwsErrors.text(access, target.toString(), permission, kind, reason);
  }

  /** A KMS key that is disabled, gone or not for us is no message's fault. */
  private static Kind kind(Kind kind, String code) {
    boolean key = normal(code).startsWith("kms");
    return key && kind != Kind.THROTTLED ? Kind.DENIED : kind;
  }

  private static String normal(String code) {
    return code.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  private static @Nullable AwsErrorDetails details(RuntimeException e) {
    return e instanceof AwsServiceException s ? s.awsErrorDetails() : null;
  }

  private static String code(RuntimeException e) {
    AwsErrorDetails details = details(e);
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static String detailed(String reason, RuntimeException e) {
    AwsErrorDetails details = details(e);
    String message = details == null ? null : details.errorMessage();
    return message == null ? reason : reason + ": " + bounded(message);
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }

  private static @Nullable Duration retryAfter(RuntimeException e) {
    AwsErrorDetails details = details(e);
    if (details == null || details.sdkHttpResponse() == null) return null;
    String said = details.sdkHttpResponse().firstMatchingHeader("Retry-After").orElse("");
    try {
      return said.isEmpty() ? null : Duration.ofSeconds(Long.parseLong(said.strip()));
    } catch (NumberFormatException aDate) {
      return null;
    }
  }
}
