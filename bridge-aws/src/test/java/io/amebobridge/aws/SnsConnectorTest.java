package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Selector;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnsConnectorTest {
  @TempDir private Path directory;

  @Test
  void theLeastThatIsNeeded() throws Exception {
    SnsSource source =
        SnsSources.of(directory)
            .without("certificate")
            .with("sns", "{}")
            .with("listen", "0.0.0.0:8085")
            .create();
    assertThat(source).hasToString("pushed (SNS by HTTP at 0.0.0.0:8085/sns)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "topics            | []                                          | topics: is missing",
        "topics            | [orders]                                    | got orders, allowed: ARNs",
        "topics            | ['arn:aws:sqs:us-east-1:000000000000:orders'] | allowed: ARNs",
        "topics            | ['arn:aws:sns:us-east-1:000000000000:a.fifo'] | read it from a queue",
        "topics            | ['arn:aws-iso:sns:us-iso-east-1:000000000000:a'] | allowed: ARNs",
        "listen            | 8085                                        | host:port",
        "listen            | 'localhost:0'                               | host:port",
        "listen            | 'localhost:99999'                           | host:port",
        "path              | sns                                         | allowed: such as /sns",
        "path              | '/sns?x=1'                                  | allowed: such as /sns",
        "holdLimit         | 15s                                         | holdLimit",
        "maxAge            | 1h                                          | maxAge",
        "signatureVersions | [1, 3]                                      | allowed: 1, 2, or both",
        "signatureVersions | []                                          | signatureVersions",
        "url               | 'ftp://user:pw@host/'                       | is not such as https",
        "confirm           | maybe                                       | allowed: true, false",
        "tls               | {certificate: a.pem}                        | tls.key: is missing",
        "certificate       | {}                                          | certificate.file: is missing",
        "sns               | {}                                          | must be named as sns.endpoint",
        "sns               | {endpoint: 'https://sns.us-east-1.amazonaws.com'} | Remove it",
        "sns               | {endpoint: 'https://sns.us-east-1.AmazonAWS.com.'} | Remove it",
        "sns               | {nonsense: 1}                               | unknown key",
        "nonsense          | 1                                           | unknown key"
      })
  void saysWhatIsWrong(String key, String value, String said) throws Exception {
    SnsSources config = SnsSources.of(directory).with(key, value);
    assertThatThrownBy(config::create)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(said)
        .hasMessageNotContaining("user:pw");
  }

  @Test
  void aRouteThatReadsAnotherTopic() throws Exception {
    Problems problems = new Problems();
    String yaml =
        "pushed: {sns: {}, listen: 'a:1', topics: ['"
            + SnsSources.TOPIC
            + "', '%s']}".formatted(SnsSources.TOPIC.replace("orders", "bills"));
    ConfigSection section =
        ConfigFile.parse("t.yaml", yaml, name -> null, problems).section("pushed");
    new SnsConnector()
        .configure(
            "pushed",
            section,
            List.of(
                List.of(Selector.parse("topic", "orders"), Selector.parse("subject", "x")),
                List.of(Selector.parse("topicArn", "/.*:bills/")),
                List.of(Selector.parse("topic", "payments"))));
    assertThatThrownBy(problems::refuse)
        .hasMessageContaining("a route reads topic payments")
        .hasMessageNotContaining("a route reads topic orders")
        .hasMessageNotContaining("a route reads topicArn");
  }
}
