package io.amebobridge.aws;

import io.amebobridge.testkit.SourceGuarantee;
import io.amebobridge.testkit.TestElasticMq;
import java.util.Map;

final class ElasticMqHarness extends SqsHarness {
  ElasticMqHarness(boolean fifo) throws Exception {
    super(TestElasticMq.shared().endpoint(), fifo);
  }

  /** A long poll of a source that was closed takes what it waited for: that would cost seconds. */
  @Override
  SqsSources sources() {
    return super.sources().with("waitTime", "0s");
  }

  @Override
  public Map<SourceGuarantee, String> unsupported() {
    Map<SourceGuarantee, String> cannot = super.unsupported();
    cannot.put(
        SourceGuarantee.BROKER_RESTART,
        "ElasticMQ keeps its messages in memory; see StandardQueueContractTest and SqsFifoTest");
    return cannot;
  }
}
