package io.amebobridge.rabbitmq;

import io.amebobridge.testkit.MessageSourceContract;
import io.amebobridge.testkit.SourceHarness;

class QuorumQueueContractTest extends MessageSourceContract {
  @Override
  protected SourceHarness harness() throws Exception {
    return new RabbitHarness("quorum");
  }
}
