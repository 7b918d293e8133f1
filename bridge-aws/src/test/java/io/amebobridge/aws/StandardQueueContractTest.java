package io.amebobridge.aws;

import io.amebobridge.testkit.MessageSourceContract;
import io.amebobridge.testkit.SourceHarness;
import io.amebobridge.testkit.TestAws;

class StandardQueueContractTest extends MessageSourceContract {
  @Override
  protected SourceHarness harness() throws Exception {
    TestAws aws = TestAws.shared();
    return new SqsHarness(aws.server().endpoint(), false) {
      @Override
      public void killBroker() throws Exception {
        aws.server().kill9();
      }

      @Override
      public void startBroker() throws Exception {
        aws.server().start();
        reconnect();
      }
    };
  }
}
