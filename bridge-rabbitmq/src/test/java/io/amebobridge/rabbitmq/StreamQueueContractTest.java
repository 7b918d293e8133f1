package io.amebobridge.rabbitmq;

import io.amebobridge.testkit.MessageSourceContract;
import io.amebobridge.testkit.SourceGuarantee;
import io.amebobridge.testkit.SourceHarness;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class StreamQueueContractTest extends MessageSourceContract {
  @TempDir Path directory;

  @Override
  protected SourceHarness harness() throws Exception {
    return new RabbitHarness("stream") {
      @Override
      RabbitSources sources() {
        return super.sources().streams("first", directory.resolve("positions.json"));
      }

      @Override
      public Map<SourceGuarantee, String> unsupported() {
        Map<SourceGuarantee, String> all = new HashMap<>(super.unsupported());
        all.put(
            SourceGuarantee.OWNERSHIP_MOVES,
            "a stream is read by one bridge, which holds the file of its positions");
        return all;
      }
    };
  }
}
