package io.amebobridge.testkit;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class TestMessages {
  private TestMessages() {}

  static Message message(@Nullable String id, @Nullable String lane, byte @Nullable [] body) {
    SourceCoordinates at = new SourceCoordinates("kafka:c", "topic", 3, 42L);
    Origin origin = new Origin("test", lane, Instant.EPOCH, Map.of(), at, null);
    return new Message(id, "user.created", null, body, List.of(), origin);
  }
}
