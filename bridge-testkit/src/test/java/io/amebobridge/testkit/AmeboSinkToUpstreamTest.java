package io.amebobridge.testkit;

class AmeboSinkToUpstreamTest extends MessageSinkContract {
  @Override
  protected SinkHarness harness() {
    return new FakeAmeboHarness(FakeAmebo.upstream());
  }
}
