package io.amebobridge.aws;

import io.amebobridge.testkit.MessageSinkContract;
import io.amebobridge.testkit.SinkHarness;

class SnsSinkContractTest extends MessageSinkContract {
  @Override
  protected SinkHarness harness() throws Exception {
    return SendHarness.topic(false);
  }
}
