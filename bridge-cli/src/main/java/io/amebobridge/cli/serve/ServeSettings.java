package io.amebobridge.cli.serve;

import io.amebobridge.server.ServerConfig;
import java.util.function.UnaryOperator;

/**
 * What a serving process is started with. Immutable.
 *
 * @param logFormat text, or json for a line of JSON each
 */
public record ServeSettings(ServerConfig server, String logLevel, String logFormat) {
  static final int PORT = 3310;

  static ServeSettings defaults() {
    ServerConfig server = ServerConfig.of(ServerConfig.DEFAULT_DSN).withPort(PORT);
    return new ServeSettings(server, "info", "text");
  }

  ServeSettings withServer(UnaryOperator<ServerConfig> change) {
    return new ServeSettings(change.apply(server), logLevel, logFormat);
  }

  ServeSettings withLogLevel(String value) {
    return new ServeSettings(server, value, logFormat);
  }

  ServeSettings withLogFormat(String value) {
    return new ServeSettings(server, logLevel, value);
  }
}
