package io.amebobridge.cli;

import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.run.Bridge;
import io.amebobridge.core.run.BridgeHttp;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code amebo run}. */
@Command(
    name = "run",
    description = {
      "Runs the bridge until it is stopped (SIGTERM, Ctrl-C): reads from the sources, publishes to"
          + " Amebo, settles what Amebo has.",
      "A source that fails for good stops alone; when all have ended, the exit code says whether one"
          + " failed."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo run -c bridge.yaml")
final class RunVerb implements Callable<Integer> {
  @Mixin private ConfigOption config;

  @Override
  public Integer call() throws Exception {
    BridgeConfig bridgeConfig = config.read();
    boolean good;
    try (Wiring.Amebo amebo = Wiring.amebo(bridgeConfig.amebo());
        Wiring.DeadLetters letters = Wiring.deadLetters(bridgeConfig.deadLetters())) {
      good = run(bridgeConfig, amebo, letters);
    }
    return good ? Main.DONE : Main.FAILED;
  }

  private static boolean run(BridgeConfig config, Wiring.Amebo amebo, Wiring.DeadLetters letters)
      throws IOException, InterruptedException {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Bridge bridge = Wiring.bridge(config, amebo, letters, metrics);
    try (BridgeHttp http = Wiring.http(config, bridge, metrics)) {
      bridge.start();
      Stop.onSignal(bridge::stop);
      if (http != null) System.err.println("amebo: status at " + http.uri() + "/status");
      return bridge.await();
    }
  }
}
