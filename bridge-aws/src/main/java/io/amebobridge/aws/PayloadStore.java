package io.amebobridge.aws;

import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.InvalidObjectStateException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Payloads that are in S3. Waits for S3: not for the pump's thread. Thread-safe. */
final class PayloadStore {
  private final LargePayloadSettings settings;
  private final S3Client s3;

  PayloadStore(LargePayloadSettings settings, S3Client s3) {
    this.settings = settings;
    this.s3 = s3;
  }

  /**
   * What came of asking: the payload, or why there never will be one.
   *
   * @param refusal null where there is a body
   */
  record Found(byte @Nullable [] body, @Nullable String refusal) {
    static Found refused(String why) {
      return new Found(null, why);
    }
  }

  /**
   * Asks once.
   *
   * @throws SourceException where asking again may help, by itself or after somebody has acted: so
   *     no message is given up because a role, a key or a bucket is missing for all of them
   */
  Found fetch(PayloadPointer pointer) throws SourceException, InterruptedException {
    String what = "its payload is in S3 (" + pointer + "), ";
    if (!settings.buckets().contains(pointer.bucket())) {
      return Found.refused(what + "and " + settings.place() + ".buckets does not name that bucket");
    }
    try (ResponseInputStream<GetObjectResponse> object =
        s3.getObject(r -> r.bucket(pointer.bucket()).key(pointer.key()))) {
      byte[] body = read(object);
      if (body != null) return new Found(body, null);
      return Found.refused(
          what
              + "which is more than "
              + settings.place()
              + ".maxBytes ("
              + settings.maxBytes()
              + ")");
    } catch (NoSuchKeyException e) {
      return Found.refused(what + "where it is no longer");
    } catch (InvalidObjectStateException e) {
      return Found.refused(what + "which has archived it; restore it there");
    } catch (AbortedException e) {
      throw interrupted(e);
    } catch (SdkException | IOException e) {
      if (Thread.interrupted()) throw interrupted(e);
      throw notNow(pointer, e);
    }
  }

  /** Null: larger than what is allowed. */
  private byte @Nullable [] read(ResponseInputStream<GetObjectResponse> object) throws IOException {
    Long length = object.response().contentLength();
    if (length != null && length > settings.maxBytes()) {
      object.abort(); // rather than read what is not wanted
      return null;
    }
    byte[] body = object.readNBytes(Math.toIntExact(settings.maxBytes() + 1));
    if (body.length <= settings.maxBytes()) return body;
    object.abort();
    return null;
  }

  /**
   * Says of each bucket whether it is there.
   *
   * @throws SourceException where it is not
   */
  void look(List<String> facts, List<String> warnings) throws SourceException {
    for (String bucket : settings.buckets().stream().sorted().toList()) {
      try {
        s3.headBucket(h -> h.bucket(bucket));
        facts.add(
            "bucket %s: payloads of up to %d bytes; needs s3:GetObject on arn:aws:s3:::%s/* and s3:ListBucket on arn:aws:s3:::%s"
                .formatted(bucket, settings.maxBytes(), bucket, bucket));
      } catch (SdkException e) {
        look(bucket, e, warnings);
      }
    }
  }

  /** A copy comes too late for its payload where the application is quicker. */
  static String deletedByOthers(ShadowSettings shadow) {
    return "the application's extended client deletes a payload in S3 when it deletes the message"
        + " from queue "
        + shadow.original()
        + ", unless its option cleanupS3Payload is false: a copy whose payload is gone is a dead"
        + " letter; switch that off for the time of the shadow";
  }

  private void look(String bucket, SdkException failure, List<String> warnings)
      throws SourceException {
    String what = settings.place() + ": bucket " + bucket + " ";
    AwsErrors.Kind kind = AwsErrors.kind(failure);
    boolean unnamed = failure instanceof S3Exception e && e.statusCode() == 404; // HEAD has no code
    boolean missing = unnamed || kind == AwsErrors.Kind.MISSING;
    if (missing) {
      throw SourceException.permanent(
          what + "is not there; create it, or correct its name or the region", failure);
    }
    if (kind.temporary()) {
      throw SourceException.temporary(what + AwsErrors.reason(failure), failure);
    }
    warnings.add(
        what
            + "can't be looked at ("
            + AwsErrors.reason(failure)
            + "); grant s3:ListBucket on it beside s3:GetObject on what is in it, so that S3 tells"
            + " what is gone from what is not allowed");
  }

  private static InterruptedException interrupted(Exception cause) {
    Thread.interrupted();
    InterruptedException interrupted = new InterruptedException("while S3 was asked");
    interrupted.initCause(cause);
    return interrupted;
  }

  private SourceException notNow(PayloadPointer pointer, Exception failure) {
    String text = settings.place() + ": " + pointer + " can't be fetched: ";
    if (failure instanceof S3Exception refused) {
      AwsErrorDetails details = refused.awsErrorDetails();
      String code = details == null ? "" : details.errorCode();
      if ("AccessDenied".equals(code)) {
        return SourceException.temporary(
            text
                + "access denied; either s3:GetObject (or kms:Decrypt of its key) is not allowed, or"
                + " it is gone, which S3 tells only to whom s3:ListBucket is allowed too",
            failure);
      }
      if ("NoSuchBucket".equals(code)) {
        return SourceException.temporary(
            text + "there is no such bucket here; create it, or correct the region", failure);
      }
      return SourceException.temporary(
          text + "S3 answers " + refused.statusCode() + " " + code, failure);
    }
    return SourceException.temporary(text + failure.getMessage(), failure);
  }
}
