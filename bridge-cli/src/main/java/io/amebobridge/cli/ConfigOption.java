package io.amebobridge.cli;

import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.ConfigException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code -c bridge.yaml}, the same for every verb that needs one. */
final class ConfigOption {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      required = true,
      description = "The bridge's config.")
  private Path file;

  Path file() {
    return file;
  }

  BridgeConfig read() throws ConfigException {
    return BridgeConfig.read(file, System::getenv, Wiring.CONNECTORS);
  }
}
