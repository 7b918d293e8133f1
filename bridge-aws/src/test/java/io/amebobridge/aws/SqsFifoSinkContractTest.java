package io.amebobridge.aws;

import io.amebobridge.testkit.MessageSinkContract;
import io.amebobridge.testkit.SinkHarness;

class SqsFifoSinkContractTest extends MessageSinkContract {
  @Override
  protected SinkHarness harness() throws Exception {
    return SendHarness.queue(true);
  }
}
