package io.amebobridge.aws;

import io.amebobridge.core.Causes;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Says what AWS's errors mean here: what kind they are, by code and status and never by the words
 * (emulators have others), the remedy, and whether time may help. Stateless and thread-safe.
 */
final class AwsErrors {
  private static final Set<String> MISSING =
      Set.of(
          "awssimplequeueservicenonexistentqueue",
          "queuedoesnotexist",
          "queuedoesnotexistexception",
          "notfound",
          "notfoundexception",
          "nosuchbucket",
          "nosuchkey");
  private static final Set<String> DELETED_RECENTLY =
      Set.of("queuedeletedrecently", "awssimplequeueservicequeuedeletedrecently");
  private static final Set<String> DENIED =
      Set.of(
          "accessdenied",
          "accessdeniedexception",
          "authorizationerror",
          "authorizationerrorexception",
          "unauthorizedoperation",
          "optinrequired",
          "kmsaccessdenied",
          "kmsaccessdeniedexception",
          "awssimplequeueserviceinvalidsecurity",
          "invalidsecurity");
  private static final Set<String> EXPIRED =
      Set.of("expiredtoken", "expiredtokenexception", "requestexpired", "tokenrefreshrequired");
  private static final Set<String> REFUSED_CREDENTIALS =
      Set.of(
          "invalidclienttokenid",
          "unrecognizedclientexception",
          "invalidaccesskeyid",
          "signaturedoesnotmatch",
          "incompletesignature",
          "missingauthenticationtoken",
          "missingauthenticationtokenexception",
          "invalidtoken",
          "invalidsignatureexception");
  private static final Set<String> THROTTLED =
      Set.of(
          "throttling",
          "throttlingexception",
          "throttled",
          "throttledexception",
          "throttledrequestexception",
          "requestthrottled",
          "requestthrottledexception",
          "awssimplequeueservicerequestthrottled",
          "toomanyrequests",
          "toomanyrequestsexception",
          "toomanyrequest",
          "slowdown",
          "requestlimitexceeded",
          "bandwidthlimitexceeded",
          "kmsthrottled",
          "kmsthrottledexception",
          "kmsthrottlingexception",
          "priorrequestnotcomplete");
  private static final Set<String> OVER_LIMIT =
      Set.of("overlimit", "overlimitexception", "awssimplequeueserviceoverlimit");
  private static final Set<String> STALE =
      Set.of(
          "receipthandleisinvalid",
          "receipthandleisinvalidexception",
          "messagenotinflight",
          "messagenotinflightexception",
          "awssimplequeueservicemessagenotinflight");
  private static final Set<String> CLOCK =
      Set.of("requesttimetooskewed", "requestinthefuture", "clockskew");

  private static final String ASSUME = "sts:AssumeRole";

  /** What kind of failure it is, and whether it may pass without anybody changing the config. */
  enum Kind {
    /** The queue, topic or bucket is not there. */
    MISSING(false),
    /** For a minute SQS gives the name to no new queue. */
    DELETED_RECENTLY(true),
    /** The credentials are good, and do not suffice. */
    DENIED(false),
    /** Too many requests; later. */
    THROTTLED(true),
    /** So many messages may be in flight as there are. */
    OVER_LIMIT(true),
    /** The credentials were good until lately: whoever gives them renews them. */
    EXPIRED(true),
    /** AWS does not know these credentials. */
    REFUSED_CREDENTIALS(false),
    /** Neither the config nor the SDK's chain has any. */
    NO_CREDENTIALS(false),
    /** This machine's clock is wrong. */
    CLOCK(true),
    /** A receipt handle that is no longer good: the message is not ours. */
    STALE(false),
    /** Something else is wrong with the request. */
    REFUSED(false),
    /** No answer. */
    NETWORK(true),
    /** The service's own fault. */
    SERVICE(true),
    /** Interrupted, or the client was closed. */
    ABORTED(true);

    private final boolean temporary;

    Kind(boolean temporary) {
      this.temporary = temporary;
    }

    boolean temporary() {
      return temporary;
    }
  }

  private AwsErrors() {}

  /** What kind of failure the SDK's exception is. */
  static Kind kind(Throwable failure) {
    Throwable cause = Causes.unwrap(failure);
    if (cause instanceof AwsServiceException service) return kind(service);
    if (cause instanceof AbortedException || cause instanceof InterruptedException) {
      return Kind.ABORTED;
    }
    if (cause instanceof ApiCallTimeoutException
        || cause instanceof ApiCallAttemptTimeoutException) {
      return Kind.NETWORK;
    }
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof IOException) return Kind.NETWORK;
      if (t instanceof AwsServiceException service && t != cause) return kind(service);
    }
    if (cause instanceof SdkClientException) {
      String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (said.contains("expired")) return Kind.EXPIRED;
      if (said.contains("credentials") || said.contains("profile")) return Kind.NO_CREDENTIALS;
      if (said.contains("connection pool shut down")) return Kind.ABORTED;
      return Kind.NETWORK;
    }
    // what the HTTP client throws once it is closed
    return cause instanceof IllegalStateException ? Kind.ABORTED : Kind.SERVICE;
  }

  private static Kind kind(AwsServiceException failure) {
    Kind byCode = byCode(code(failure));
    if (byCode != null) return byCode;
    if (failure.isThrottlingException()) return Kind.THROTTLED;
    int status = failure.statusCode();
    if (status == 429) return Kind.THROTTLED;
    if (status == 401) return Kind.REFUSED_CREDENTIALS;
    if (status == 403) return Kind.DENIED;
    if (status >= 400 && status < 500) return Kind.REFUSED;
    return Kind.SERVICE;
  }

  /** Of one entry of a batch. */
  static Kind kind(@Nullable String code, boolean senderFault) {
    Kind byCode = byCode(code);
    if (byCode != null) return byCode;
    return senderFault ? Kind.REFUSED : Kind.SERVICE;
  }

  private static @Nullable Kind byCode(@Nullable String code) {
    if (code == null) return null;
    String plain = code.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    if (MISSING.contains(plain)) return Kind.MISSING;
    if (DELETED_RECENTLY.contains(plain)) return Kind.DELETED_RECENTLY;
    if (EXPIRED.contains(plain)) return Kind.EXPIRED;
    if (REFUSED_CREDENTIALS.contains(plain)) return Kind.REFUSED_CREDENTIALS;
    if (THROTTLED.contains(plain)) return Kind.THROTTLED;
    if (OVER_LIMIT.contains(plain)) return Kind.OVER_LIMIT;
    if (STALE.contains(plain)) return Kind.STALE;
    if (CLOCK.contains(plain)) return Kind.CLOCK;
    if (DENIED.contains(plain)) return Kind.DENIED;
    return null;
  }

  private static @Nullable String code(AwsServiceException failure) {
    AwsErrorDetails details = failure.awsErrorDetails();
    return details == null ? null : details.errorCode();
  }

  /** For people: the service's code, or what the client says; without what was sent. */
  static String reason(Throwable failure) {
    Throwable cause = Causes.unwrap(failure);
    if (cause instanceof AwsServiceException service) {
      String code = code(service);
      return "%s, status %d".formatted(code == null ? "an error" : code, service.statusCode());
    }
    Throwable root = cause;
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof IOException) root = t;
    }
    String said = root.getMessage() == null ? "" : root.getMessage().strip();
    return said.lines().findFirst().orElseGet(root.getClass()::getSimpleName);
  }

  /**
   * What is wrong and what to do, without the place.
   *
   * @param what such as {@code queue orders}
   * @param permission what is needed, such as {@code sqs:ReceiveMessage}
   */
  static String text(AwsAccess access, String what, String permission, Throwable failure) {
    return text(access, what, permission, kind(failure), failure);
  }

  /**
   * As {@link #text(AwsAccess, String, String, Throwable)}, of another kind than usual. A role is
   * assumed within whatever call needs it first: what STS refuses is the role, not the queue.
   */
  static String text(
      AwsAccess access, String what, String permission, Kind kind, Throwable failure) {
    AwsAccess.Role role = access.role();
    if (role == null || !isOfSts(failure)) {
      return text(access, what, permission, kind, reason(failure));
    }
    String assumed = "role %s, which is needed for %s,".formatted(role.arn(), what);
    return text(access, assumed, ASSUME, kind, reason(failure));
  }

  private static boolean isOfSts(Throwable failure) {
    for (Throwable t = Causes.unwrap(failure); t != null; t = t.getCause()) {
      if (!(t instanceof AwsServiceException service)) continue;
      AwsErrorDetails details = service.awsErrorDetails();
      return details != null && "sts".equalsIgnoreCase(details.serviceName());
    }
    return false;
  }

  /** What to grant. Of an encrypted queue it is often the key that is denied, not the queue. */
  private static String grant(String permission, String reason) {
    if (permission.equals(ASSUME)) {
      return ASSUME + " on it to the bridge's own credentials, and let the role trust them";
    }
    if (!reason.toLowerCase(Locale.ROOT).startsWith("kms")) {
      return permission + " to the bridge's credentials";
    }
    boolean sends = permission.contains("Send") || permission.contains("Publish");
    return (sends ? "kms:GenerateDataKey and kms:Decrypt" : "kms:Decrypt")
        + " on the key that encrypts it to the bridge's credentials";
  }

  /** SQS answers so to those, too, who may not see whether there is one. */
  private static String missing(AwsAccess access, String reason) {
    String code = reason.toLowerCase(Locale.ROOT);
    boolean queue = code.contains("queuedoesnotexist") || code.contains("nonexistentqueue");
    return "; create it, or correct the name, the account or the region"
        + (queue ? ", or grant sqs:GetQueueUrl and what else the bridge needs of it" : "")
        + " (the bridge creates nothing)"
        + elsewhere(access);
  }

  /** Where the SDK was told to go by what is not in the config. */
  private static String elsewhere(AwsAccess access) {
    boolean told =
        System.getProperty("aws.endpointUrl") != null
            || System.getenv().keySet().stream().anyMatch(v -> v.startsWith("AWS_ENDPOINT_URL"));
    return access.endpoint() == null && told
        ? "; AWS_ENDPOINT_URL is set, so it was looked for there"
        : "";
  }

  /** As {@link #text(AwsAccess, String, String, Throwable)}, of an entry of a batch. */
  static String text(AwsAccess access, String what, String permission, Kind kind, String reason) {
    String at = "%s at %s ".formatted(what, access.address());
    String why = " (" + reason + ")";
    return switch (kind) {
      case MISSING -> at + "is not there" + why + missing(access, reason);
      case DELETED_RECENTLY ->
          at
              + "can't be created yet"
              + why
              + ": one of that name was deleted less than 60 s ago; the bridge tries again";
      case DENIED -> at + "may not be used" + why + "; grant " + grant(permission, reason);
      case THROTTLED -> at + "is throttled" + why + "; the bridge slows down and tries again";
      case OVER_LIMIT ->
          at
              + "has as many messages in flight as SQS allows"
              + why
              + "; settle or release what other consumers hold, or lower prefetch";
      case EXPIRED ->
          at
              + "refuses credentials that have expired"
              + why
              + "; renew them (the bridge tries again by itself; where they are written in "
              + access.place()
              + ", use a profile or a role instead)";
      case REFUSED_CREDENTIALS ->
          at + "does not know the credentials" + why + "; correct them in " + access.place();
      case NO_CREDENTIALS ->
          at
              + "can't be used without credentials"
              + why
              + "; give "
              + access.place()
              + ".profile or .accessKeyId, set AWS_ACCESS_KEY_ID, or run with a role";
      case CLOCK ->
          at + "refuses the request's time" + why + "; set the clock of this machine right";
      case STALE -> at + "has given the message to somebody else" + why;
      case REFUSED -> at + "refused the request" + why;
      case NETWORK ->
          at
              + "does not answer"
              + why
              + "; see whether the network lets the bridge through, or correct "
              + access.place()
              + ".endpoint or .region"
              + elsewhere(access);
      case SERVICE -> at + "has a fault of its own" + why;
      case ABORTED -> at + "was not waited for" + why;
    };
  }

  /** For a source's open. */
  static SourceException source(
      AwsAccess access, String what, String permission, Throwable failure) {
    String text = access.place() + ": " + text(access, what, permission, failure);
    return kind(failure).temporary()
        ? SourceException.temporary(text, failure)
        : SourceException.permanent(text, failure);
  }

  /** For a sink's open. */
  static SinkException sink(AwsAccess access, String what, String permission, Throwable failure) {
    String text = access.place() + ": " + text(access, what, permission, failure);
    return kind(failure).temporary()
        ? SinkException.temporary(text, failure)
        : SinkException.permanent(text, failure);
  }
}
