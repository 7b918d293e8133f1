package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.NewEvent;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.StoredEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server unwraps strings; the client's payloads arrive as they are all the same. */
class StringPayloadTest {
  private static final String ACTION = "note.written";

  @Test
  void singlyInABatchAndInProcess(@TempDir Path directory) throws Exception {
    try (TestAmebo amebo = TestAmebo.start(directory);
        AmeboHttpClient client =
            AmeboHttpClient.builder(
                    amebo.uri().toString(),
                    Credentials.application(TestAmebo.APPLICATION, TestAmebo.SECRET))
                .build()) {
      amebo
          .api()
          .register(
              new ActionSpec(
                  ACTION, TestAmebo.APPLICATION, "{\"type\":\"string\"}", TestAmebo.SECRET));
      List<String> texts = List.of("\"5\"", "\"hello\"", "\"say \\\"hi\\\"\"");
      for (String text : texts) one(client, text, "one" + text);
      List<NewEvent> batch = texts.stream().map(t -> NewEvent.of(ACTION, t, "batch" + t)).toList();
      assertThat(client.publishBatch(batch).toCompletableFuture().get(20, TimeUnit.SECONDS))
          .allMatch(PublishResult::stored);
      for (String text : texts) one(amebo.api(), text, "local" + text);
      assertThat(amebo.api().events(new EventQuery(ACTION, null, 0L, 100)))
          .extracting(StoredEvent::payload)
          .containsExactly(
              texts.get(0),
              texts.get(1),
              texts.get(2),
              texts.get(0),
              texts.get(1),
              texts.get(2),
              texts.get(0),
              texts.get(1),
              texts.get(2));
    }
  }

  private static void one(AmeboApi api, String payload, String deduper) throws Exception {
    PublishResult result =
        api.publish(NewEvent.of(ACTION, payload, deduper))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    assertThat(result.error()).isNull();
  }
}
