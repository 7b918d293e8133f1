package io.amebobridge.aws;

import io.amebobridge.testkit.SourceGuarantee;
import io.amebobridge.testkit.TestElasticMq;
import java.util.Map;

final class ElasticMqHarness extends SqsHarness {
  ElasticMqHarness(boolean fifo) throws Exception {
    super(TestElasticMq.shared().endpoint(), fifo);
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
