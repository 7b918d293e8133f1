package io.amebobridge.aws;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.SnsSigner;
import io.amebobridge.core.Connector.SourceFactory;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A source's config as a user would write it, for a local server's certificate. */
final class SnsSources {
  static final String TOPIC = "arn:aws:sns:us-east-1:000000000000:orders";
  static final SnsSigner SIGNER = SnsSigner.make();

  private final Map<String, String> settings = new LinkedHashMap<>();
  final URI url;

  SnsSources(Path directory, String endpoint, SnsSigner signer) throws IOException {
    int port = FreePorts.next();
    url = URI.create("http://127.0.0.1:" + port + "/sns");
    Path file = Files.writeString(directory.resolve("sns.pem"), signer.pem());
    with(
        "sns", "{endpoint: '%s', accessKeyId: a, secretAccessKey: s3cret-key}".formatted(endpoint));
    with("certificate", "{file: '" + file + "'}");
    with("topics", "[" + TOPIC + "]");
    with("listen", "127.0.0.1:" + port);
  }

  /** For posts that a test makes itself. */
  static SnsSources of(Path directory) throws IOException {
    return new SnsSources(directory, "http://127.0.0.1:1", SIGNER);
  }

  /** YAML. */
  SnsSources with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  SnsSources without(String key) {
    settings.remove(key);
    return this;
  }

  SourceFactory factory() throws ConfigException {
    StringBuilder yaml = new StringBuilder("pushed:\n");
    settings.forEach((k, v) -> yaml.append("  ").append(k).append(": ").append(v).append("\n"));
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse("test.yaml", yaml.toString(), name -> null, problems).section("pushed");
    SourceFactory factory = new SnsConnector().configure("pushed", section, List.of());
    section.refuseUnknown();
    problems.refuse();
    return factory;
  }

  SnsSource create() throws ConfigException {
    return (SnsSource) factory().create();
  }

  /** With SNS's host where this client finds it. */
  SnsSource create(java.net.http.HttpClient client) throws ConfigException {
    return new SnsSource(create().settings(), () -> client, SnsDoor.Patience.USUAL);
  }

  SnsSource create(SnsDoor.Patience patience) throws ConfigException {
    return new SnsSource(create().settings(), FetchedCertificates::client, patience);
  }
}
