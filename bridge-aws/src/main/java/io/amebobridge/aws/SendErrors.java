package io.amebobridge.aws;

import io.amebobridge.core.SendResult;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * What AWS's refusals mean for a message (rule 6), by their codes and statuses: the texts differ
 * between AWS and its emulators. A code that nobody foresaw is unavailable: it is sent again, and
 * no message is given up for it. Immutable.
 *
 * @param keysAreWritten whether the credentials stand in the config: then nothing renews them
 */
record SendErrors(boolean keysAreWritten) {
  private static final int LONGEST_TEXT = 300;

  private static final Set<String> DENIED =
      Set.of(
          "accessdenied",
          "authorizationerror",
          "authfailure",
          "invalidaccesskeyid",
          "invalidaddress",
          "invalidclienttokenid",
          "invalidsecurity",
          "missingauthenticationtoken",
          "optinrequired",
          "signaturedoesnotmatch",
          "unrecognizedclient");

  private static final Set<String> MISSING =
      Set.of("queuedoesnotexist", "nonexistentqueue", "notfound", "resourcenotfound");

  private static final Set<String> EXPIRED = Set.of("expiredtoken", "tokenrefreshrequired");

  /** The clock is wrong, here or there; the SDK corrects itself by the answer. */
  private static final Set<String> CLOCK =
      Set.of("requestexpired", "requesttimetooskewed", "requestinthefuture");

  private static final Set<String> CONTENT =
      Set.of(
          "batchrequesttoolong",
          "invalidattributevalue",
          "invalidmessagecontents",
          "invalidparameter",
          "invalidparametervalue",
          "missingparameter",
          "parametervalueinvalid",
          "validation",
          "validationerror");

  private enum Kind {
    CONTENT,
    DENIED,
    MISSING,
    EXPIRED,
    AGAIN
  }

  /** Whether one of the messages of this request is at fault, rather than all of it. */
  static boolean isAboutContent(SdkException e) {
    return kind(code(e), status(e)) == Kind.CONTENT;
  }

  /** Whether it says that these credentials, which are good, may not do this. */
  static boolean isPermission(SdkException e) {
    String code = code(e);
    return code.equals("accessdenied") || code.equals("authorizationerror");
  }

  /** Of a whole request. */
  SendResult of(SdkException e, SendTarget target) {
    return of(kind(code(e), status(e)), target, text(e), retryAfter(e));
  }

  /** Of one entry of a batch. */
  SendResult of(boolean senderFault, String code, @Nullable String message, SendTarget target) {
    Kind kind = kind(normal(code), 0);
    boolean throttled = normal(code).contains("throttl");
    if (kind == Kind.AGAIN && senderFault && !throttled) kind = Kind.CONTENT;
    return of(kind, target, code + (message == null ? "" : ": " + bounded(message)), null);
  }

  private SendResult of(Kind kind, SendTarget target, String text, @Nullable Duration retryAfter) {
    String why = target + ": " + text;
    return switch (kind) {
      case CONTENT -> SendResult.rejected(why);
      case DENIED -> SendResult.denied(why);
      case MISSING ->
          target.wasThere()
              ? SendResult.unavailable(why + "; it is not there any more; create it again", null)
              : SendResult.denied(
                  why + "; create it, or correct the name (the bridge creates nothing)");
      case EXPIRED ->
          keysAreWritten
              ? SendResult.denied(why + "; the config's sessionToken is over")
              : SendResult.unavailable(why + "; waiting for new credentials", null);
      case AGAIN -> SendResult.unavailable(why, retryAfter);
    };
  }

  private static Kind kind(String code, int status) {
    if (code.contains("throttl")) return Kind.AGAIN;
    if (DENIED.contains(code) || code.startsWith("kms")) return Kind.DENIED;
    if (MISSING.contains(code)) return Kind.MISSING;
    if (EXPIRED.contains(code)) return Kind.EXPIRED;
    if (CONTENT.contains(code)) return Kind.CONTENT;
    if (CLOCK.contains(code)) return Kind.AGAIN;
    return status == 401 || status == 403 ? Kind.DENIED : Kind.AGAIN;
  }

  /** Such as {@code nonexistentqueue}; empty where AWS did not answer. */
  static String code(SdkException e) {
    AwsErrorDetails details = details(e);
    return details == null || details.errorCode() == null ? "" : normal(details.errorCode());
  }

  /** {@code AWS.SimpleQueueService.NonExistentQueue}, {@code ThrottlingException}, … */
  private static String normal(String code) {
    String last = code.substring(code.lastIndexOf('.') + 1);
    boolean kms = code.startsWith("KMS.");
    return (kms ? "kms" : "") + last.replaceFirst("Exception$", "").toLowerCase(Locale.ROOT);
  }

  static int status(SdkException e) {
    return e instanceof SdkServiceException s ? s.statusCode() : 0;
  }

  private static @Nullable AwsErrorDetails details(SdkException e) {
    return e instanceof AwsServiceException s ? s.awsErrorDetails() : null;
  }

  /** For people. A refused signature's message repeats the headers, a session's token included. */
  static String text(SdkException e) {
    AwsErrorDetails details = details(e);
    if (details == null || details.errorCode() == null) {
      return bounded(String.valueOf(e.getMessage()));
    }
    String message = details.errorMessage() == null ? "" : details.errorMessage();
    return details.errorCode() + ": " + bounded(message.lines().findFirst().orElse(""));
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }

  private static @Nullable Duration retryAfter(SdkException e) {
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
