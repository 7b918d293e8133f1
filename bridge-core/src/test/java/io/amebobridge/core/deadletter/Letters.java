package io.amebobridge.core.deadletter;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Dead letters for tests. */
final class Letters {
  static final Instant AT = Instant.parse("2026-02-01T10:00:00Z");

  private Letters() {}

  static DeadLetter letter(int n) {
    return letter(n, "events", "routes[0]", "no such value");
  }

  static DeadLetter letter(int n, String source, String route, String reason) {
    Map<String, Object> variables =
        Map.of("topic", "orders", "partition", 3, "offset", 5_000_000_000L + n);
    Origin origin =
        new Origin(
            source,
            "orders-3",
            Instant.parse("2026-01-31T12:00:00.123456789Z"),
            variables,
            new SourceCoordinates("kafka:c", "orders", 3, 5_000_000_000L + n),
            null);
    byte[] body = {(byte) n, 0, '\n', (byte) 0xFF, '"'};
    Message message =
        new Message(
            "kafka:c:t:3:" + n,
            "orders",
            ("k" + n).getBytes(StandardCharsets.UTF_8),
            body,
            List.of(
                Header.of("b", "2"),
                Header.of("a", "1"),
                Header.of("b", "3"),
                new Header("n", null)),
            origin);
    Message rendered =
        new Message(
            message.id(),
            "order.made",
            null,
            "{}".getBytes(StandardCharsets.UTF_8),
            List.of(),
            origin);
    return new DeadLetter(
        AT.plusSeconds(n), message, route, DeadLetter.Stage.SENDING, reason, List.of(rendered));
  }
}
