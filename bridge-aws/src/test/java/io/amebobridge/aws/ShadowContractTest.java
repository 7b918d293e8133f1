package io.amebobridge.aws;

import io.amebobridge.testkit.MessageSourceContract;
import io.amebobridge.testkit.SourceHarness;

class ShadowContractTest extends MessageSourceContract {
  @Override
  protected SourceHarness harness() throws Exception {
    return new ShadowHarness();
  }
}
