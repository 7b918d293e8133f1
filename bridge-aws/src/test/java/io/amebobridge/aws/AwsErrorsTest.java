package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

class AwsErrorsTest {
  private static AwsServiceException answer(@Nullable String code, int status) {
    return AwsServiceException.builder()
        .awsErrorDetails(
            AwsErrorDetails.builder().errorCode(code).errorMessage("with a secret").build())
        .statusCode(status)
        .message("with a secret")
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "AWS.SimpleQueueService.NonExistentQueue, 400, MISSING",
    "QueueDoesNotExist, 400, MISSING",
    "NotFound, 404, MISSING",
    "QueueDeletedRecently, 400, DELETED_RECENTLY",
    "AWS.SimpleQueueService.QueueDeletedRecently, 400, DELETED_RECENTLY",
    "NoSuchBucket, 404, MISSING",
    "AccessDenied, 403, DENIED",
    "AccessDeniedException, 400, DENIED",
    "AuthorizationError, 403, DENIED",
    "KMS.AccessDeniedException, 400, DENIED",
    "Whatever, 403, DENIED",
    "ThrottlingException, 400, THROTTLED",
    "RequestThrottled, 403, THROTTLED",
    "KMS.ThrottlingException, 400, THROTTLED",
    "SlowDown, 503, THROTTLED",
    "Whatever, 429, THROTTLED",
    "OverLimit, 403, OVER_LIMIT",
    "ExpiredToken, 403, EXPIRED",
    "ExpiredTokenException, 400, EXPIRED",
    "InvalidClientTokenId, 403, REFUSED_CREDENTIALS",
    "UnrecognizedClientException, 400, REFUSED_CREDENTIALS",
    "SignatureDoesNotMatch, 403, REFUSED_CREDENTIALS",
    "RequestTimeTooSkewed, 403, CLOCK",
    "ReceiptHandleIsInvalid, 404, STALE",
    "AWS.SimpleQueueService.MessageNotInflight, 400, STALE",
    "InvalidParameterValue, 400, REFUSED",
    "InternalFailure, 500, SERVICE",
    "ServiceUnavailable, 503, SERVICE"
  })
  void whatAwsAnswersIsKnownByItsCode(String code, int status, AwsErrors.Kind kind) {
    assertThat(AwsErrors.kind(answer(code, status))).isEqualTo(kind);
    assertThat(AwsErrors.kind(new CompletionException(answer(code, status)))).isEqualTo(kind);
  }

  @Test
  void anAnswerWithoutACodeIsKnownByItsStatus() {
    assertThat(AwsErrors.kind(answer(null, 403))).isEqualTo(AwsErrors.Kind.DENIED);
    assertThat(AwsErrors.kind(answer(null, 502))).isEqualTo(AwsErrors.Kind.SERVICE);
    assertThat(AwsErrors.reason(answer(null, 502))).isEqualTo("an error, status 502");
  }

  @Test
  void noAnswerIsTheNetworkOrTheClientsEnd() {
    SdkClientException refused =
        SdkClientException.create("no answer", new ConnectException("Connection refused"));
    assertThat(AwsErrors.kind(refused)).isEqualTo(AwsErrors.Kind.NETWORK);
    assertThat(AwsErrors.reason(refused)).isEqualTo("Connection refused");
    assertThat(AwsErrors.kind(ApiCallAttemptTimeoutException.create(10)))
        .isEqualTo(AwsErrors.Kind.NETWORK);
    assertThat(AwsErrors.kind(AbortedException.create("interrupted")))
        .isEqualTo(AwsErrors.Kind.ABORTED);
    assertThat(AwsErrors.kind(new IllegalStateException("Connection pool shut down")))
        .isEqualTo(AwsErrors.Kind.ABORTED);
    assertThat(
            AwsErrors.kind(
                SdkClientException.create(
                    "Unable to load credentials from any of the providers in the chain")))
        .isEqualTo(AwsErrors.Kind.NO_CREDENTIALS);
  }

  @ParameterizedTest
  @CsvSource({
    "ReceiptHandleIsInvalid, true, STALE",
    "InvalidParameterValue, true, REFUSED",
    "InternalError, false, SERVICE",
    "RequestThrottled, true, THROTTLED",
    "AccessDenied, true, DENIED"
  })
  void anEntryOfABatchIsKnownTheSameWay(String code, boolean sender, AwsErrors.Kind kind) {
    assertThat(AwsErrors.kind(code, sender)).isEqualTo(kind);
  }

  @ParameterizedTest
  @EnumSource(AwsErrors.Kind.class)
  void everyTextNamesThePlace(AwsErrors.Kind kind) {
    AwsAccess access = AwsClientsTest.access("http://localhost:1", null);
    assertThat(AwsErrors.text(access, "queue orders", "sqs:ReceiveMessage", kind, "a reason"))
        .startsWith("queue orders at http://localhost:1 ")
        .contains("(a reason)");
  }

  private static final AwsAccess.Role ROLE =
      new AwsAccess.Role("arn:aws:iam::1:role/r", "s", null, Duration.ofHours(1));

  private static AwsServiceException answerOf(String service, String code) {
    return AwsServiceException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().serviceName(service).errorCode(code).build())
        .statusCode(403)
        .build();
  }

  @Test
  void aRoleThatMayNotBeAssumedIsNotAQueueThatMayNotBeRead() {
    AwsAccess access = AwsClientsTest.access("http://localhost:1", ROLE);
    assertThat(
            AwsErrors.text(
                access, "queue a", "sqs:ReceiveMessage", answerOf("Sts", "AccessDenied")))
        .contains("role arn:aws:iam::1:role/r", "queue a", "grant sts:AssumeRole", "trust")
        .doesNotContain("sqs:ReceiveMessage");
    assertThat(
            AwsErrors.text(
                access, "queue a", "sqs:ReceiveMessage", answerOf("Sqs", "AccessDenied")))
        .contains("grant sqs:ReceiveMessage")
        .doesNotContain("sts:");
  }

  @Test
  void aKeyThatMayNotBeUsedIsNamedAsSuch() {
    AwsAccess access = AwsClientsTest.access("http://localhost:1", null);
    AwsServiceException denied = answerOf("Sqs", "KMS.AccessDeniedException");
    assertThat(AwsErrors.text(access, "queue a", "sqs:ReceiveMessage", denied))
        .contains("grant kms:Decrypt on the key")
        .doesNotContain("sqs:ReceiveMessage");
    assertThat(AwsErrors.text(access, "queue a", "sqs:SendMessage", denied))
        .contains("grant kms:GenerateDataKey and kms:Decrypt");
  }

  @Test
  void aQueueThatMayNotBeSeenLooksMissing() {
    AwsAccess access = AwsClientsTest.access("http://localhost:1", null);
    assertThat(
            AwsErrors.text(
                access, "queue a", SqsPermissions.TO_FIND, answer("QueueDoesNotExist", 400)))
        .contains("create it", "or grant sqs:GetQueueUrl");
    assertThat(AwsErrors.text(access, "topic a", "sns:Publish", answer("NotFound", 404)))
        .doesNotContain("grant");
  }

  /** SignatureDoesNotMatch quotes the request, with its token. */
  @Test
  void theServicesWordsAreNotRepeated() {
    AwsAccess access = AwsClientsTest.access("http://localhost:1", null);
    assertThat(
            AwsErrors.source(access, "queue a", "sqs:X", answer("SignatureDoesNotMatch", 403))
                .getMessage())
        .contains("SignatureDoesNotMatch, status 403", "correct them in sources.a.sqs")
        .doesNotContain("with a secret");
  }
}
