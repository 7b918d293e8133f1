package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.NewEvent;
import io.amebobridge.client.Secret;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.client.TraceParent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A trace goes from the publisher to the receiver. */
class TraceTest extends ServerTest {
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  private static final String NOT_ONE = "00-00000000000000000000000000000000-b7ad6b7169203331-00";

  @Test
  void eachAttemptIsAChildOfThePublishersTrace() {
    receiver.answer(call -> Receiver.Answer.of(receiver.calls().size() < 3 ? 500 : 200));
    Fixture.subscribe(admin, "user.created", "");
    publish(Map.of("traceparent", TRACE), Fixture.event("user.created", "d", "{\"id\":1}"));
    await().until(() -> receiver.calls().size() == 3);
    List<TraceParent> sent =
        receiver.calls().stream()
            .map(call -> TraceParent.parse(call.headers().get("traceparent")).orElseThrow())
            .toList();
    TraceParent publisher = TraceParent.parse(TRACE).orElseThrow();
    assertThat(sent)
        .allMatch(child -> child.traceId().equals(publisher.traceId()))
        .allMatch(child -> child.flags() == publisher.flags());
    assertThat(sent.stream().map(TraceParent::parentId))
        .doesNotHaveDuplicates()
        .doesNotContain(publisher.parentId());
    assertThat(stored().get(0).path("traceparent").asString()).isEqualTo(TRACE);
  }

  @Test
  void withoutATraceNoneIsMadeUp() {
    Fixture.subscribe(admin, "user.created", "");
    publish(Map.of(), Fixture.event("user.created", "1", "{\"id\":1}"));
    publish(Map.of("traceparent", NOT_ONE), Fixture.event("user.created", "2", "{\"id\":2}"));
    await().until(() -> receiver.calls().size() == 2);
    assertThat(receiver.calls()).noneMatch(call -> call.headers().containsKey("traceparent"));
    assertThat(stored()).hasSize(2).noneMatch(event -> event.has("traceparent"));
  }

  @Test
  void anItemOfABatchHasItsOwnOrTheRequests() {
    String item = "{\"action\":\"user.created\",\"payload\":{\"id\":1}";
    Wire.Reply reply =
        admin.send(
            "POST",
            "/v1/events/batch",
            "["
                + (item + ",\"traceparent\":\"" + OTHER + "\"},")
                + (item + "},")
                + (item + ",\"traceparent\":\"" + NOT_ONE + "\"},")
                + (item + ",\"traceparent\":{\"a\":[1]}}]"),
            "application/json",
            Map.of("traceparent", TRACE));
    assertThat(Fixture.expect(200, reply).text()).doesNotContain("rejected");
    assertThat(stored().stream().map(event -> event.path("traceparent").asString()))
        .containsExactly(OTHER, TRACE, TRACE, TRACE);
  }

  @Test
  void theClientAndTheServerInProcessCarryIt() throws Exception {
    NewEvent event = NewEvent.of("user.created", "{\"id\":1}", null);
    try (AmeboHttpClient client =
        AmeboHttpClient.builder(
                server.uri().toString(),
                new Credentials.Application("shop", Secret.of(Fixture.SECRET)))
            .build()) {
      client.publish(event.withTraceparent(TRACE)).toCompletableFuture().join();
      client
          .publishBatch(List.of(event.withTraceparent(OTHER), event))
          .toCompletableFuture()
          .join();
      server.api().publish(event.withTraceparent(TRACE)).toCompletableFuture().join();
      server.api().publish(event.withTraceparent(NOT_ONE)).toCompletableFuture().join();
      EventQuery all = new EventQuery("user.created", null, null, 10);
      assertThat(client.events(all).stream().map(StoredEvent::traceparent))
          .containsExactly(TRACE, OTHER, null, TRACE, null);
      assertThat(server.api().events(all)).isEqualTo(client.events(all));
    }
  }

  private void publish(Map<String, String> headers, String event) {
    Fixture.expect(201, admin.send("POST", "/v1/events", event, "application/json", headers));
  }

  private List<JsonNode> stored() {
    return admin.get("/v1/events").json().valueStream().toList();
  }
}
