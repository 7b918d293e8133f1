package io.amebobridge.aws;

import io.amebobridge.testkit.MessageSinkContract;
import io.amebobridge.testkit.SinkHarness;

class ElasticMqFifoSinkContractTest extends MessageSinkContract {
  @Override
  protected SinkHarness harness() throws Exception {
    return SendHarness.elasticMq(true);
  }
}
