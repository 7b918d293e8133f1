package io.amebobridge.aws;

import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.Origin;
import io.amebobridge.core.SendResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Messages for tests of sending. */
final class SendMessages {
  private SendMessages() {}

  /** The id is the body too. */
  static Message message(String id, String address, @Nullable String lane, Header... headers) {
    return message(id, address, lane, bytes(id), Map.of(), headers);
  }

  static Message message(
      @Nullable String id,
      String address,
      @Nullable String lane,
      byte @Nullable [] body,
      Map<String, Object> variables,
      Header... headers) {
    Origin origin = new Origin("amebo", lane, Instant.EPOCH, variables, null, null);
    return new Message(id, address, null, body, List.of(headers), origin);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static List<SendResult> send(MessageSink sink, List<Message> batch) throws Exception {
    return sink.send(batch).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
