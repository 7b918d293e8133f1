package io.amebobridge.aws;

import io.amebobridge.testkit.MessageSourceContract;
import io.amebobridge.testkit.SourceHarness;

class ElasticMqQueueContractTest extends MessageSourceContract {
  @Override
  protected SourceHarness harness() throws Exception {
    return new ElasticMqHarness(false);
  }
}
