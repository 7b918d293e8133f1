package io.amebobridge.aws;

import io.amebobridge.core.Connector.SourceFactory;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;

/** A source's config as a user would write it, with short times for tests. */
final class ShadowSources {
  private final AwsFixture aws;
  private final String endpoint;
  private final String queue;
  private final StringBuilder shadow = new StringBuilder();
  private final StringBuilder more = new StringBuilder();

  /** Of an application's queue. */
  ShadowSources(AwsFixture aws, String queue) {
    this(aws, aws.server.endpoint(), queue);
  }

  /** By another way to the server. */
  ShadowSources(AwsFixture aws, String endpoint, String queue) {
    this.aws = aws;
    this.endpoint = endpoint;
    this.queue = queue;
  }

  /** A key of {@code shadow}. */
  ShadowSources with(String key, String value) {
    shadow.append("    ").append(key).append(": ").append(value).append("\n");
    return this;
  }

  /** A key of the source. */
  ShadowSources withSource(String key, String value) {
    more.append("  ").append(key).append(": ").append(value).append("\n");
    return this;
  }

  ShadowSettings settings() throws ConfigException {
    Problems problems = new Problems();
    ShadowSettings settings =
        ShadowSettings.read(
            "shop", QueueName.parse(queue), section("shadow", problems).section("shadow"));
    problems.refuse();
    return settings;
  }

  private ConfigSection section(String read, Problems problems) throws ConfigException {
    String yaml =
        """
        shop:
          sqs: {region: us-east-1, endpoint: '%s', accessKeyId: id, secretAccessKey: a-secret-key}
          read: %s
          queue: %s
          waitTime: 0s
          visibility: 3s
        """
            .formatted(endpoint, read, queue);
    boolean ofCopies = read.equals("shadow");
    if (ofCopies) yaml += "  shadow:\n    watchInterval: 100ms\n" + shadow;
    return ConfigFile.parse("test.yaml", yaml + more, name -> null, problems).section("shop");
  }

  SourceFactory factory(String read) throws ConfigException {
    Problems problems = new Problems();
    ConfigSection section = section(read, problems);
    SourceFactory factory = new SqsConnector().configure("shop", section, java.util.List.of());
    section.refuseUnknown();
    problems.refuse();
    return factory;
  }

  /** A source that reads copies. */
  SqsSource create() throws ConfigException {
    return (SqsSource) factory("shadow").create();
  }

  /** One that reads the application's queue. */
  SqsSource takeover() throws ConfigException {
    return (SqsSource) factory("takeover").create();
  }

  ShadowApi api() throws ConfigException {
    return new ShadowApi(
        aws.access(), settings(), aws.clients.sqs(), region -> aws.clients.sns(region));
  }

  ShadowPlan plan() throws Exception {
    return new PlanShadow(settings(), api()).make();
  }

  /** As run would, with the consent. */
  void prepare() throws Exception {
    new CreateShadow("shop", api()).missing(plan());
  }
}
