package io.amebobridge.cli;

import io.amebobridge.brokers.KafkaProcess;
import io.amebobridge.cli.Chaos.Moment;
import io.amebobridge.cli.demo.Example;
import io.amebobridge.cli.demo.UserEvents;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything dies in turn, under load: bridge, server and broker, each kill -9 and started again,
 * while the receiver fails a tenth of its calls. Nothing may be lost, nothing may stand in the log
 * twice, and each partition keeps its order.
 */
class ChaosTest {
  private static final int ROUNDS = Integer.getInteger("amebo.chaos.rounds", 9);
  private static final int CHUNK = 5000;

  @TempDir private Path dir;

  @Test
  @Timeout(600)
  void nothingIsLostWhateverDies() throws Exception {
    try (KafkaProcess kafka = KafkaProcess.in(dir.resolve("kafka")).build()) {
      kafka.start();
      Example example = new UserEvents(kafka.bootstrap());
      example.declare();
      try (Chaos chaos = new Chaos(dir, example, CHUNK)) {
        chaos.bridge(chaos.server(), example.mapping());
        for (int round = 0; round < ROUNDS; round++) {
          switch (round % 3) {
            case 0 -> chaos.round("bridge", Moment.FLOWING, chaos::killBridge);
            case 1 -> chaos.round("server", Moment.FLOWING, chaos::killServer);
            default ->
                chaos.round(
                    "broker",
                    Moment.PRODUCING,
                    () -> {
                      kafka.kill9();
                      kafka.start();
                    });
          }
        }
        chaos.assertNothingIsLostNorTwiceNorOutOfOrder();
      }
    }
  }
}
