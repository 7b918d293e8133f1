package io.amebobridge.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServeDocumentsTest {
  private static final String FROM =
      "<!-- options of the server: generated, a test holds it to the code -->\n";
  private static final String TO = "<!-- end of the options -->";

  /** Where it fails: put the text it expects between the marks in docs/configuration.md. */
  @Test
  void theDocumentationHasTheTable() throws Exception {
    String text = Files.readString(Path.of("../docs/configuration.md"));
    assertThat(text).contains(FROM, TO);
    String table = text.substring(text.indexOf(FROM) + FROM.length(), text.indexOf(TO));
    assertThat(table).isEqualTo(ServeDocuments.markdown());
  }

  @Test
  void theSchemaTakesWhatTheServerTakes() {
    assertThat(
            wrong(
                """
                {"$schema": "amebo.schema.json", "AMEBO_PORT": 3310, "AMEBO_DSN": "sqlite:a",
                 "AMEBO_SECRET": "${file:/run/secrets/a}", "AMEBO_MAX_PAYLOAD": "2MiB",
                 "AMEBO_DELIVERY_WINDOW": "${WINDOW:3}", "AMEBO_DELIVERY_TIMEOUT": "3s",
                 "AMEBO_ALLOWED_NETWORKS": ["10.0.0.0/8"], "AMEBO_LOG_FORMAT": "json",
                 "AMEBO_CORS_ORIGINS": ["https://a.example"], "AMEBO_RATELIMIT_EVENTS": "50/s",
                 "AMEBO_AUTH_RATELIMIT_WINDOW": 60, "AMEBO_RETENTION_SIZE": 1099511627776,
                 "AMEBO_IDLES": 5}
                """))
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"AMEBO_PROT\": 3310}",
        "{\"AMEBO_PORT\": 70000}",
        "{\"AMEBO_PORT\": \"many\"}",
        "{\"AMEBO_DSN\": 5}",
        "{\"AMEBO_RATELIMIT_EVENTS\": 5}",
        "{\"AMEBO_ALLOWED_NETWORKS\": [5]}",
        "{\"AMEBO_LOG_FORMAT\": \"xml\"}"
      })
  void theSchemaRefusesWhatTheServerRefuses(String json) {
    assertThat(wrong(json)).isPositive();
  }

  private static int wrong(String json) {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ServeDocuments.schema());
    return schema.validate(json, InputFormat.JSON).size();
  }
}
