package io.amebobridge.cli;

import io.amebobridge.testkit.MessageSinkContract;
import io.amebobridge.testkit.SinkHarness;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The sink's guarantees with the server in the bridge's own process. */
class AmeboSinkInProcessTest extends MessageSinkContract {
  @TempDir Path directory;

  @Override
  protected SinkHarness harness() throws Exception {
    return AmeboServerHarness.inProcess(directory);
  }
}
