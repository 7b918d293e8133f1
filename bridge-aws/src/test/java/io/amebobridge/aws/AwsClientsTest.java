package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.client.Secret;
import io.amebobridge.testkit.FaultyAws;
import io.amebobridge.testkit.TestAws;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;

class AwsClientsTest {
  static AwsAccess access(String endpoint, AwsAccess.Role role) {
    AwsAccess.Keys keys = new AwsAccess.Keys(Secret.of("test-id"), Secret.of("test-key"), null);
    return new AwsAccess(
        "sources.a.sqs", FauxqsProcess.REGION, URI.create(endpoint), null, keys, role);
  }

  @Test
  void aClientTalksToTheEndpoint() throws Exception {
    String endpoint = TestAws.shared().server().endpoint();
    try (AwsClients clients = new AwsClients(access(endpoint, null), 4, Duration.ofSeconds(5))) {
      SqsClient sqs = clients.sqs();
      String url = sqs.createQueue(q -> q.queueName(TestAws.unique("orders"))).queueUrl();
      sqs.sendMessage(m -> m.queueUrl(url).messageBody("one"));
      assertThat(sqs.receiveMessage(r -> r.queueUrl(url)).messages())
          .singleElement()
          .satisfies(m -> assertThat(m.body()).isEqualTo("one"));
    }
  }

  @Test
  void noTextHasTheKeys() {
    assertThat(access("http://localhost:1", null).toString()).doesNotContain("test-");
    assertThat(access("http://localhost:1", null).keys().toString()).doesNotContain("test-");
  }

  /** Who asked SQS, as its signature says. */
  private static String asker(AwsAccess access) throws Exception {
    Queue<String> authorizations = new ConcurrentLinkedQueue<>();
    try (FaultyAws proxy = new FaultyAws(String.valueOf(access.endpoint()))) {
      proxy.script(
          (request, next) -> {
            request.headers().entrySet().stream()
                .filter(h -> h.getKey().equalsIgnoreCase("Authorization"))
                .forEach(h -> authorizations.add(request.action() + " " + h.getValue()));
            return request.action().equals("AssumeRole") ? assumed() : next.answer(request);
          });
      AwsAccess there =
          new AwsAccess(
              access.place(),
              access.region(),
              URI.create(proxy.endpoint()),
              access.profile(),
              access.keys(),
              access.role());
      try (AwsClients clients = new AwsClients(there, 4, Duration.ofSeconds(5))) {
        var unused = clients.sqs().listQueues();
      }
    }
    return String.join("\n", authorizations);
  }

  /** As STS's documentation has it; fauxqs does not do this. */
  private static FaultyAws.Answer assumed() {
    String body =
        """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleResult>
            <Credentials>
              <AccessKeyId>ROLE-ID</AccessKeyId>
              <SecretAccessKey>s</SecretAccessKey>
              <SessionToken>t</SessionToken>
              <Expiration>%s</Expiration>
            </Credentials>
          </AssumeRoleResult>
        </AssumeRoleResponse>
        """;
    String text = body.formatted(Instant.now().plusSeconds(3_600));
    return new FaultyAws.Answer(200, Map.of("Content-Type", "text/xml"), text);
  }

  private static AwsAccess withoutKeys(@Nullable String profile) throws Exception {
    URI endpoint = URI.create(TestAws.shared().server().endpoint());
    return new AwsAccess("sources.a.sqs", FauxqsProcess.REGION, endpoint, profile, null, null);
  }

  /** A system property for the while of a test. */
  private static void with(Map<String, String> properties, Callable<Void> test) throws Exception {
    Map<String, String> before = new HashMap<>();
    properties.keySet().forEach(key -> before.put(key, System.getProperty(key)));
    try {
      properties.forEach(System::setProperty);
      test.call();
    } finally {
      before.forEach(
          (key, value) -> {
            if (value == null) System.clearProperty(key);
            else System.setProperty(key, value);
          });
    }
  }

  /** As of a variable that somebody forgot: where messages are taken from has to be seen. */
  @Test
  void theAddressIsThatOfTheEnvironmentsEndpoint() throws Exception {
    AwsAccess plain = new AwsAccess("sources.a.sqs", FauxqsProcess.REGION, null, null, null, null);
    with(
        Map.of("aws.endpointUrl", "http://localhost:4566"),
        () -> {
          assertThat(address(plain)).isEqualTo("http://localhost:4566");
          assertThat(unanswered(plain)).contains("AWS_ENDPOINT_URL is set");
          assertThat(unanswered(access("http://localhost:1", null))).doesNotContain("ENDPOINT_URL");
          return null;
        });
    assertThat(address(plain)).isEqualTo(FauxqsProcess.REGION);
    assertThat(unanswered(plain)).doesNotContain("ENDPOINT_URL");
    assertThat(address(access("http://localhost:1", null))).isEqualTo("http://localhost:1");
  }

  private static String unanswered(AwsAccess access) {
    return AwsErrors.text(access, "queue orders", "sqs:X", AwsErrors.Kind.NETWORK, "refused");
  }

  private static String address(AwsAccess access) throws Exception {
    try (AwsClients clients = new AwsClients(access, 1, Duration.ofSeconds(1))) {
      return clients.address(clients.sqs());
    }
  }

  @Test
  void aProfileIsReadFromTheSharedFiles(@TempDir Path dir) throws Exception {
    Path credentials = dir.resolve("credentials");
    String text =
        """
        [default]
        aws_access_key_id = DEFAULT-ID
        aws_secret_access_key = s
        [shop]
        aws_access_key_id = SHOP-ID
        aws_secret_access_key = s
        """;
    Files.writeString(credentials, text);
    Files.writeString(
        dir.resolve("config"),
        """
        [profile shop]
        region = eu-west-3
        endpoint_url = http://user:hush@localhost:4999
        """);
    with(
        Map.of(
            "aws.sharedCredentialsFile", credentials.toString(),
            "aws.configFile", dir.resolve("config").toString()),
        () -> {
          assertThat(asker(withoutKeys("shop"))).contains("Credential=SHOP-ID/");
          AwsAccess known = withoutKeys("shop");
          AwsAccess anywhere =
              new AwsAccess(known.place(), null, known.endpoint(), "shop", null, null);
          try (AwsClients clients = new AwsClients(anywhere, 4, Duration.ofSeconds(5))) {
            assertThat(clients.region().id()).isEqualTo("eu-west-3");
          }
          AwsAccess byProfile = new AwsAccess(known.place(), null, null, "shop", null, null);
          assertThat(address(byProfile)).isEqualTo("http://localhost:4999");
          return null;
        });
  }

  @Test
  void withoutAProfileTheDefaultChainIsAsked() throws Exception {
    with(
        Map.of("aws.accessKeyId", "CHAIN-ID", "aws.secretAccessKey", "s"),
        () -> {
          assertThat(asker(withoutKeys(null))).contains("Credential=CHAIN-ID/");
          return null;
        });
  }

  private static final AwsAccess.Role ROLE =
      new AwsAccess.Role(
          "arn:aws:iam::000000000000:role/bridge", "amebo", null, Duration.ofHours(1));

  @Test
  void aRoleIsAssumedAtTheEndpointAndThenUsed() throws Exception {
    String asked = asker(access(TestAws.shared().server().endpoint(), ROLE));
    assertThat(asked.lines())
        .hasSize(2)
        .satisfiesExactly(
            sts -> assertThat(sts).startsWith("AssumeRole ").contains("Credential=test-id/"),
            sqs -> assertThat(sqs).startsWith("ListQueues ").contains("Credential=ROLE-ID/"));
  }

  @Test
  void aRoleThatIsDeniedIsSaidToBe() throws Exception {
    try (FaultyAws proxy = new FaultyAws(TestAws.shared().server().endpoint())) {
      proxy.script(
          (request, next) ->
              request.action().equals("AssumeRole")
                  ? FaultyAws.error(request, 403, "AccessDenied", Map.of())
                  : next.answer(request));
      AwsAccess access = access(proxy.endpoint(), ROLE);
      try (AwsClients clients = new AwsClients(access, 4, Duration.ofSeconds(5))) {
        Throwable failure = catchThrowable(() -> clients.sqs().listQueues());
        assertThat(AwsErrors.kind(failure)).isEqualTo(AwsErrors.Kind.DENIED);
        assertThat(AwsErrors.text(access, "queue a", "sqs:ReceiveMessage", failure))
            .contains("role " + ROLE.arn(), "grant sts:AssumeRole")
            .doesNotContain("sqs:ReceiveMessage");
      }
    }
  }
}
