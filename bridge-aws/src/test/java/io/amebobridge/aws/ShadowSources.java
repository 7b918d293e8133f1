package io.amebobridge.aws;

import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFile;
import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.Problems;

/** A shadow's config as a user would write it, with short times for tests. */
final class ShadowSources {
  private final AwsFixture aws;
  private final String queue;
  private final StringBuilder shadow = new StringBuilder();

  /** Of an application's queue. */
  ShadowSources(AwsFixture aws, String queue) {
    this.aws = aws;
    this.queue = queue;
  }

  ShadowSources with(String key, String value) {
    shadow.append("  ").append(key).append(": ").append(value).append("\n");
    return this;
  }

  ShadowSettings settings() throws ConfigException {
    String yaml = "shadow:\n  watchInterval: 100ms\n" + shadow;
    Problems problems = new Problems();
    ConfigSection section =
        ConfigFile.parse("test.yaml", yaml, name -> null, problems).section("shadow");
    ShadowSettings settings = ShadowSettings.read("shop", QueueName.parse(queue), section);
    problems.refuse();
    return settings;
  }

  ShadowApi api() throws ConfigException {
    return new ShadowApi(
        aws.access(), settings(), aws.clients.sqs(), region -> aws.clients.sns(region));
  }

  ShadowPlan plan() throws Exception {
    return new PlanShadow(settings(), api()).make();
  }

  void create() throws Exception {
    new CreateShadow("shop", api()).missing(plan());
  }
}
