package io.amebobridge.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version the build wrote down. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"amebo-bridge " + text()};
  }

  static String text() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/amebo-bridge.properties")) {
      if (in == null) throw new IOException("amebo-bridge.properties is not in the jar");
      properties.load(in);
    }
    return properties.getProperty("version");
  }
}
