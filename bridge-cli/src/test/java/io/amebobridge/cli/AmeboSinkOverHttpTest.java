package io.amebobridge.cli;

import io.amebobridge.testkit.MessageSinkContract;
import io.amebobridge.testkit.SinkHarness;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The sink's guarantees with the real server at the other end. */
class AmeboSinkOverHttpTest extends MessageSinkContract {
  @TempDir Path directory;

  @Override
  protected SinkHarness harness() throws Exception {
    return AmeboServerHarness.overHttp(directory);
  }
}
