package io.amebobridge.testkit;

class AmeboSinkToOursTest extends MessageSinkContract {
  @Override
  protected SinkHarness harness() {
    return new FakeAmeboHarness(FakeAmebo.ours());
  }
}
