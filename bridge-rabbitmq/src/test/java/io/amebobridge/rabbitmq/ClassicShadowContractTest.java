package io.amebobridge.rabbitmq;

import io.amebobridge.testkit.MessageSourceContract;
import io.amebobridge.testkit.SourceHarness;

class ClassicShadowContractTest extends MessageSourceContract {
  @Override
  protected SourceHarness harness() throws Exception {
    return new ShadowHarness("classic");
  }
}
