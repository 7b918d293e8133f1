package io.amebobridge.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.amebobridge.client.Secret;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.server.HttpSettings.Rate;
import io.amebobridge.server.ServerConfig;
import io.amebobridge.server.registry.Retention;
import io.amebobridge.server.store.Dsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServeConfigTest {
  @TempDir Path dir;
  private final Map<String, String> line = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private @Nullable Path named;

  private void file(String json) throws IOException {
    Files.writeString(dir.resolve("amebo.json"), json);
  }

  private ServeConfig read() throws ConfigException {
    return ServeConfig.read(
        new ServeConfig.Given(ServeConfig.COMMAND_LINE, line), environment, named, dir);
  }

  private ServerConfig server() throws ConfigException {
    return read().settings().server();
  }

  private List<String> problems() {
    ConfigException e = catchThrowableOfType(ConfigException.class, this::read);
    assertThat(e).as("it was taken").isNotNull();
    return e.problems().stream().map(Object::toString).toList();
  }

  @Test
  void theCommandLineGoesOverTheEnvironmentOverTheFileOverTheDefaults() throws Exception {
    assertThat(server().port()).isEqualTo(3310);
    file("{\"AMEBO_PORT\": 1, \"AMEBO_HOST\": \"::1\", \"AMEBO_USERNAME\": \"f\"}");
    assertThat(server().port()).isEqualTo(1);
    environment.put("AMEBO_PORT", "2");
    environment.put("AMEBO_HOST", "localhost");
    assertThat(server().port()).isEqualTo(2);
    line.put("AMEBO_PORT", "3");
    ServerConfig all = server();
    assertThat(all.port()).isEqualTo(3);
    assertThat(all.host()).isEqualTo("localhost");
    assertThat(all.adminUsername()).isEqualTo("f");
    assertThat(all.dsn()).isEqualTo(ServerConfig.DEFAULT_DSN);
    assertThat(read().sources())
        .containsEntry("AMEBO_PORT", "command line")
        .containsEntry("AMEBO_HOST", "environment")
        .containsEntry("AMEBO_USERNAME", dir.resolve("amebo.json").toString())
        .doesNotContainKey("AMEBO_DSN");
  }

  @Test
  void theFileOfUpstreamsDocumentation() throws Exception {
    file(
        """
        {
          "AMEBO_USERNAME": "administrator",
          "AMEBO_PASSWORD": "secure-password-here",
          "AMEBO_SECRET": "your-32-character-secret-key",
          "AMEBO_DSN": "sqlite:///amebo.db",
          "AMEBO_PORT": 3310,
            "AMEBO_ENVELOPE": 128,
          "AMEBO_IDLES": 5,
          "AMEBO_REST_WHEN": 0
        }
        """);
    ServeConfig config = read();
    assertThat(config.settings().server().database()).isEqualTo(Dsn.parse("sqlite:amebo.db"));
    assertThat(config.settings().server().delivery().page()).isEqualTo(128);
    assertThat(config.settings().server().adminUsername()).isEqualTo("administrator");
    assertThat(config.settings().server().adminPassword())
        .isEqualTo(Secret.of("secure-password-here"));
    assertThat(config.warnings())
        .anyMatch(w -> w.contains("AMEBO_IDLES is ignored") && w.contains("nothing polls"))
        .anyMatch(w -> w.contains("AMEBO_REST_WHEN is ignored"))
        .anyMatch(w -> w.contains("AMEBO_SECRET stands in the file"))
        .anyMatch(w -> w.contains("AMEBO_PASSWORD stands in the file"))
        .hasSize(4);
    assertThat(config.text() + config.warnings()).doesNotContain("secure-password", "your-32");
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite:///amebo.db, sqlite:amebo.db",
    "sqlite:////opt/amebo.db, sqlite:/opt/amebo.db",
    "sqlite:./data/a.db, sqlite:data/a.db",
    "sqlite:/opt/a.db, sqlite:/opt/a.db"
  })
  void upstreamsSpellingsOfADsn(String said, String holds) throws ConfigException {
    environment.put("AMEBO_DSN", said);
    assertThat(server().database()).isEqualTo(Dsn.parse(holds));
  }

  @Test
  void aPasswordInADsnIsNotShown() throws ConfigException {
    environment.put("AMEBO_DSN", "postgresql://amebo:hunter2-pw@db:5432/amebo");
    assertThat(read().text()).contains("postgresql://***@db:5432/amebo").doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({"sqlite:///:memory:", "sqlite://host/a.db", "mysql://x:pw1@h/d", "sqlite:"})
  void aDatabaseThatCannotBe(String said) {
    environment.put("AMEBO_DSN", said);
    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("environment: AMEBO_DSN: got ")
        .contains("allowed: ")
        .doesNotContain("pw1");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnceWithItsPlace() throws Exception {
    file(
        """
        {"AMEBO_PROT": 1,
         "AMEBO_HOST": "",
         "AMEBO_SECRET": "${NOT_SET_ANYWHERE}",
         "AMEBO_DELIVERY_TIMEOUT": "soon",
         "AMEBO_ALLOWED_NETWORKS": ["10.0.0.0/8", "10.0.0.0/99"]}
        """);
    environment.put("AMEBO_PORT", "70000");
    line.put("AMEBO_LOG_FORMAT", "xml");
    String name = dir.resolve("amebo.json").toString();
    assertThat(problems())
        .anyMatch(
            p -> p.startsWith(name + ":1:2: AMEBO_PROT: unknown key, did you mean AMEBO_PORT"))
        .anyMatch(p -> p.startsWith(name + ":2:16: AMEBO_HOST: got nothing, allowed: "))
        .anyMatch(p -> p.startsWith(name + ":3:18: AMEBO_SECRET: ${NOT_SET_ANYWHERE} is not set"))
        .anyMatch(
            p -> p.startsWith(name + ":4:28: AMEBO_DELIVERY_TIMEOUT: got soon, allowed: a dur"))
        .anyMatch(p -> p.startsWith(name + ":5:28: AMEBO_ALLOWED_NETWORKS: ") && p.contains("/99"))
        .anyMatch(
            p ->
                p.equals(
                    "environment: AMEBO_PORT: got 70000, allowed: a whole number from 0 to 65535"))
        .anyMatch(p -> p.equals("command line: --log-format: got xml, allowed: text, json"))
        .hasSize(7);
  }

  @Test
  void whatIsNoJsonAndAFileThatIsNotThere() throws Exception {
    file("{\"AMEBO_PORT\": ");
    assertThat(problems()).singleElement().asString().contains("amebo.json:1:");
    named = dir.resolve("other.json");
    assertThat(problems()).singleElement().asString().contains("other.json", "no such file");
    named = null;
    environment.put("AMEBO_CONFIG_FILE", dir.resolve("third.json").toString());
    assertThat(problems()).singleElement().asString().contains("third.json", "no such file");
  }

  @Test
  void aFileThatIsNamed() throws Exception {
    file("{\"AMEBO_PORT\": 1}");
    Path other = Files.writeString(dir.resolve("other.json"), "{\"AMEBO_PORT\": 2}");
    environment.put("AMEBO_CONFIG_FILE", other.toString());
    assertThat(server().port()).isEqualTo(2);
    named = Files.writeString(dir.resolve("third.json"), "{\"AMEBO_PORT\": 3}");
    assertThat(server().port()).isEqualTo(3);
  }

  @Test
  void secretsOfTheEnvironmentAndOfFiles() throws Exception {
    Path secret = Files.writeString(dir.resolve("secret"), "from-a-file-of-its-own\n");
    file("{\"AMEBO_SECRET\": \"${file:" + secret + "}\", \"AMEBO_PASSWORD\": \"${PW}\"}");
    environment.put("PW", "from-the-environment");
    ServeConfig config = read();
    assertThat(config.settings().server().secret()).isEqualTo(Secret.of("from-a-file-of-its-own"));
    assertThat(config.settings().server().adminPassword())
        .isEqualTo(Secret.of("from-the-environment"));
    assertThat(config.warnings()).isEmpty();
    assertThat(config.text()).doesNotContain("from-a-file", "from-the-env").contains("***");
  }

  @Test
  void whatOnlyFitsTogetherMayComeInAnyOrder() throws Exception {
    environment.put("AMEBO_DELIVERY_BACKOFF", "10m");
    environment.put("AMEBO_DELIVERY_BACKOFF_CAP", "1h");
    assertThat(server().delivery().backoffBase()).isEqualTo(Duration.ofMinutes(10));
    assertThat(server().delivery().backoffCap()).isEqualTo(Duration.ofHours(1));
    environment.put("AMEBO_DELIVERY_BACKOFF_CAP", "1m");
    assertThat(problems()).anyMatch(p -> p.contains("AMEBO_DELIVERY_BACKOFF: got "));
  }

  @Test
  void aRateBringsItsBurst() throws Exception {
    environment.put("AMEBO_RATELIMIT_REQUESTS", "1000/m");
    environment.put("AMEBO_RATELIMIT_EVENTS", "50/s");
    environment.put("AMEBO_RATELIMIT_EVENTS_BURST", "5000");
    assertThat(server().http().requests()).isEqualTo(new Rate(1000 / 60.0, 1000));
    assertThat(server().http().events()).isEqualTo(new Rate(50, 5000));
    environment.put("AMEBO_RATELIMIT_EVENTS", "off");
    assertThat(server().http().events().isOn()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "0/s", "-1/s", "5/d", "5", "9999999999/s"})
  void whatIsNoRate(String said) {
    environment.put("AMEBO_RATELIMIT_REQUESTS", said);
    assertThat(problems())
        .singleElement()
        .asString()
        .contains("AMEBO_RATELIMIT_REQUESTS: got " + said + ", allowed: off, or a rate");
  }

  @Test
  void failedLoginsAsUpstreamLimitsThem() throws Exception {
    assertThat(read().text()).containsPattern("AMEBO_AUTH_RATELIMIT_MAX +10 ");
    assertThat(read().text()).containsPattern("AMEBO_AUTH_RATELIMIT_WINDOW +1m ");
    environment.put("AMEBO_AUTH_RATELIMIT_MAX", "5");
    environment.put("AMEBO_AUTH_RATELIMIT_WINDOW", "300");
    assertThat(server().http().logins()).isEqualTo(new Rate(5 / 300.0, 5));
    environment.put("AMEBO_AUTH_RATELIMIT_MAX", "0");
    assertThat(server().http().logins().isOn()).isFalse();
    environment.put("AMEBO_AUTH_RATELIMIT_MAX", "5");
    environment.put("AMEBO_AUTH_RATELIMIT_WINDOW", "0");
    assertThat(problems()).singleElement().asString().contains("got 0, allowed: more than 0");
  }

  @Test
  void theTimeToLiveBringsItsRenewals() throws Exception {
    environment.put("AMEBO_CLUSTER_TIME_TO_LIVE", "30s");
    assertThat(server().cluster().renewal()).isEqualTo(Duration.ofSeconds(1));
    environment.put("AMEBO_CLUSTER_TIME_TO_LIVE", "2s");
    assertThat(server().cluster().renewal()).isEqualTo(Duration.ofMillis(400));
    environment.put("AMEBO_CLUSTER_TIME_TO_LIVE", "1s");
    assertThat(problems())
        .containsExactly("environment: AMEBO_CLUSTER_TIME_TO_LIVE: got 1s, allowed: 2s to 10m");
  }

  @Test
  void aDefaultRetention() throws Exception {
    assertThat(server().retention().usual().isForever()).isTrue();
    environment.put("AMEBO_RETENTION_AGE", "30d");
    environment.put("AMEBO_RETENTION_SIZE", "5TiB");
    assertThat(server().retention().usual())
        .isEqualTo(new Retention(Duration.ofDays(30), 5L << 40));
    environment.put("AMEBO_RETENTION_AGE", "0s");
    assertThat(problems()).singleElement().asString().contains("AGE: got 0s, allowed: more than 0");
  }

  @Test
  void upstreamsPoolsAreNotNeeded() throws Exception {
    String dsn = "postgresql://a:hunter2-pw@db/amebo";
    environment.put("AMEBO_DSN", dsn + "?pool_size=20&sslmode=require&max_overflow=30");
    assertThat(server().database()).isEqualTo(Dsn.parse(dsn + "?sslmode=require"));
    assertThat(read().warnings())
        .anyMatch(w -> w.startsWith("environment: AMEBO_DSN: pool_size is ignored: "))
        .anyMatch(w -> w.contains("max_overflow is ignored"))
        .hasSize(2);
  }

  @Test
  void variablesThatAreNotTheServers() throws Exception {
    environment.put("AMEBO_PROT", "1");
    environment.put("AMEBO_THEIRS", "1");
    environment.put("AMEBO_JAVA_OPTS", "-Xmx1g");
    environment.put("AMEBO_PORT", "tcp://10.0.0.1:3310");
    environment.put("AMEBO_PORT_3310_TCP_ADDR", "10.0.0.1");
    environment.put("AMEBO_SERVICE_HOST", "10.0.0.1");
    environment.put("AMEBO_SECRET", "");
    environment.put("AMEBO_TRACE_SLOW_MS", "5");
    ServeConfig config = read();
    assertThat(config.settings().server().port()).isEqualTo(3310);
    assertThat(config.settings().server().secret()).isNull();
    assertThat(config.warnings())
        .anyMatch(w -> w.endsWith("no options of the server: AMEBO_PROT, AMEBO_THEIRS"))
        .anyMatch(w -> w.contains("AMEBO_PORT") && w.contains("Kubernetes"))
        .anyMatch(w -> w.contains("AMEBO_TRACE_SLOW_MS is ignored"))
        .hasSize(3);
  }

  /** A value of each that is not the default. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("AMEBO_DSN", "sqlite:other.db"),
          Map.entry("AMEBO_HOST", "::1"),
          Map.entry("AMEBO_PORT", "1234"),
          Map.entry("AMEBO_USERNAME", "root"),
          Map.entry("AMEBO_SECRET", "other-secret"),
          Map.entry("AMEBO_PREVIOUS_SECRET", "secret-before"),
          Map.entry("AMEBO_PASSWORD", "other-password"),
          Map.entry("AMEBO_ALLOWED_NETWORKS", "10.0.0.0/8,192.168.0.0/16"),
          Map.entry("AMEBO_TRUSTED_CERTIFICATES", "pom.xml"),
          Map.entry("AMEBO_CORS_ORIGINS", "https://a.example,http://localhost:3000"),
          Map.entry("AMEBO_LOG_LEVEL", "debug"),
          Map.entry("AMEBO_LOG_FORMAT", "json"));

  static List<ServeOption<?>> options() {
    return ServeOptions.ALL;
  }

  @ParameterizedTest
  @MethodSource("options")
  void eachIsTakenFromEachPlaceAndShown(ServeOption<?> option) throws Exception {
    String own = OTHERS.get(option.name());
    String other = own == null ? other(option.type().label()) : own;
    String shown = option.type().secret() ? "***" : other;
    String usual = option.shown(ServeSettings.defaults());
    assertThat(usual).isNotEqualTo(shown);
    environment.put(option.name(), other);
    assertThat(option.shown(read().settings())).isEqualTo(shown);
    environment.clear();
    line.put(option.name(), other);
    assertThat(option.shown(read().settings())).isEqualTo(shown);
    line.clear();
    file("{\"" + option.name() + "\": \"" + other + "\"}");
    assertThat(option.shown(read().settings())).isEqualTo(shown);
    String row =
        read().text().lines().filter(l -> l.startsWith(option.name() + " ")).findFirst().orElse("");
    assertThat(row).contains(shown, "amebo.json");
  }

  private static String other(String label) {
    return Objects.requireNonNull(
        Map.of("N", "17", "DURATION", "17s", "SIZE", "17KiB", "true|false", "false", "RATE", "17/m")
            .get(label),
        "give OTHERS a value for this option");
  }
}
