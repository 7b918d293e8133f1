package io.amebobridge.rabbitmq;

import io.amebobridge.testkit.MessageSinkContract;
import io.amebobridge.testkit.SinkHarness;

class RabbitSinkContractTest extends MessageSinkContract {
  @Override
  protected SinkHarness harness() throws Exception {
    return new RabbitSinkHarness("quorum");
  }
}
