package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.amebobridge.aws.PayloadStore.Found;
import io.amebobridge.brokers.FreePorts;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.TestAws;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** What S3 answers, and what becomes of the message. */
class PayloadStoreTest {
  private final String bucket = TestAws.unique("payloads");
  private AwsFixture aws;

  @BeforeEach
  void prepare() throws Exception {
    aws = new AwsFixture();
    aws.s3.createBucket(c -> c.bucket(bucket));
  }

  @AfterEach
  void end() {
    if (aws != null) aws.close();
  }

  private PayloadStore store(long maxBytes, String... buckets) {
    return new PayloadStore(
        new LargePayloadSettings("sources.a.largePayloads", true, Set.of(buckets), maxBytes),
        aws.s3);
  }

  private PayloadPointer stored(String key, int size) {
    aws.s3.putObject(p -> p.bucket(bucket).key(key), RequestBody.fromBytes(new byte[size]));
    return new PayloadPointer(bucket, key);
  }

  @Test
  void aPayloadComesAsItWasStored() throws Exception {
    String text = "{\"größe\":\"1\"}";
    String key = "orders/2026/ü 1.json";
    aws.s3.putObject(p -> p.bucket(bucket).key(key), RequestBody.fromString(text));
    Found found = store(1024, bucket).fetch(new PayloadPointer(bucket, key));
    assertThat(new String(found.body(), StandardCharsets.UTF_8)).isEqualTo(text);
    assertThat(found.refusal()).isNull();
  }

  @Test
  void asLargeAsAllowedAndNotOneByteMore() throws Exception {
    PayloadPointer pointer = stored("large", 2000);
    assertThat(store(2000, bucket).fetch(pointer).body()).hasSize(2000);
    assertThat(store(1999, bucket).fetch(pointer).refusal())
        .contains(pointer.toString(), "more than sources.a.largePayloads.maxBytes (1999)");
  }

  @Test
  void whatIsGoneIsRefusedForGood() throws Exception {
    PayloadPointer pointer = new PayloadPointer(bucket, "gone");
    assertThat(store(1024, bucket).fetch(pointer).refusal())
        .contains("s3://" + bucket + "/gone", "no longer");
  }

  @Test
  void onlyNamedBucketsAreAsked() throws Exception {
    PayloadPointer pointer = stored("k", 1);
    assertThat(store(1024, "another").fetch(pointer).refusal())
        .contains("buckets does not name that bucket");
  }

  @Test
  void aBucketThatIsMissingIsNoReasonToGiveAMessageUp() {
    assertThatThrownBy(
            () -> store(1024, "no-such-bucket").fetch(new PayloadPointer("no-such-bucket", "k")))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isTrue())
        .hasMessageContainingAll("s3://no-such-bucket/k", "no such bucket", "create it");
  }

  @Test
  void anS3ThatIsAwayIsNoReasonEither() throws Exception {
    String nowhere = "http://127.0.0.1:" + FreePorts.next();
    try (AwsClients away =
        new AwsClients(AwsClientsTest.access(nowhere, null), 1, Duration.ofSeconds(2))) {
      PayloadStore store =
          new PayloadStore(
              new LargePayloadSettings("sources.a.largePayloads", true, Set.of("b"), 1), away.s3());
      assertThatThrownBy(() -> store.fetch(new PayloadPointer("b", "k")))
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isTrue())
          .hasMessageContaining("s3://b/k can't be fetched");
    }
  }

  /** As S3 answers; fauxqs refuses nothing. */
  @ParameterizedTest
  @CsvSource({
    "403, AccessDenied, s3:GetObject",
    "403, AccessDenied, s3:ListBucket",
    "400, KMS.DisabledException, S3 answers 400 KMS.DisabledException",
    "503, SlowDown, S3 answers 503 SlowDown",
    "400, ExpiredToken, S3 answers 400 ExpiredToken"
  })
  void whatIsDeniedOrSlowGivesNoMessageUp(int status, String code, String says) throws Exception {
    byte[] error =
        "<Error><Code>%s</Code><Message>m</Message></Error>"
            .formatted(code)
            .getBytes(StandardCharsets.UTF_8);
    HttpServer s3 =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    s3.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "application/xml");
          exchange.sendResponseHeaders(status, error.length);
          exchange.getResponseBody().write(error);
          exchange.close();
        });
    s3.start();
    try (AwsClients clients =
        new AwsClients(
            AwsClientsTest.access("http://127.0.0.1:" + s3.getAddress().getPort(), null),
            1,
            Duration.ofSeconds(5))) {
      PayloadStore store =
          new PayloadStore(new LargePayloadSettings("here", true, Set.of("b"), 1), clients.s3());
      assertThatThrownBy(() -> store.fetch(new PayloadPointer("b", "k")))
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isTrue())
          .hasMessageContaining(says);
    } finally {
      s3.stop(0);
    }
  }
}
