package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboException;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.NewEvent;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.Secret;
import io.amebobridge.client.ServerStatus;
import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.client.SubscriptionSpec;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class LocalApiTest extends ServerTest {
  private static final Secret SECRET = Secret.of("legacy-bridge-secret");

  @Test
  void registeringAgainIsNoErrorUnlessItDiffers() throws Exception {
    AmeboApi api = server.api();
    ApplicationSpec application = new ApplicationSpec("bridge", receiver.url(), SECRET);
    api.register(application);
    api.register(application);
    assertThatThrownBy(
            () ->
                api.register(
                    new ApplicationSpec("bridge", receiver.url(), Secret.of("x".repeat(20)))))
        .isInstanceOf(AmeboException.Refused.class);
    ActionSpec action = new ActionSpec("a.b", "bridge", "{\"type\": \"object\"}", SECRET);
    api.register(action);
    api.register(new ActionSpec("a.b", "bridge", "{\"type\":\"object\"}", SECRET));
    assertThatThrownBy(() -> api.register(new ActionSpec("a.b", "bridge", "{}", SECRET)))
        .isInstanceOf(AmeboException.Refused.class);
    assertThatThrownBy(
            () -> api.register(new ActionSpec("c", "bridge", "{}", Secret.of("wrong-secret-here"))))
        .isInstanceOf(AmeboException.Denied.class);
    SubscriptionSpec subscription =
        new SubscriptionSpec("bridge", "a.*", "/in", SECRET, 3, "latest");
    api.register(subscription);
    api.register(subscription);
    api.publish(NewEvent.of("a.b", "{}", "1")).toCompletableFuture().join();
    await().until(() -> receiver.calls().size() == 1);
  }

  @Test
  void startsWhereAConsumerOfAnotherBrokerStood() throws Exception {
    String start =
        "{\"system\":\"k\",\"positions\":[{\"stream\":\"t\",\"partition\":0,\"offset\":6}]}";
    for (long offset = 5; offset <= 6; offset++) {
      SourceCoordinates source = new SourceCoordinates("k", "t", 0, offset);
      server
          .api()
          .publish(new NewEvent("user.created", "{\"id\":1}", "d" + offset, null, source, null))
          .toCompletableFuture()
          .join();
    }
    server
        .api()
        .register(
            new SubscriptionSpec(
                "mailer", "user.*", "/in", Secret.of(Fixture.OTHER_SECRET), 3, start));
    await().until(() -> receiver.events().size() == 1);
    assertThat(receiver.events()).containsExactly(2L);
  }

  @Test
  void publishesAndQueriesWithoutHttp() throws Exception {
    AmeboApi api = server.api();
    SourceCoordinates source = new SourceCoordinates("kafka:c", "t", 0, 5L);
    List<PublishResult> results =
        api.publishBatch(
                List.of(
                    new NewEvent("user.created", "{\"id\": 1}", "d", "k", source, null),
                    NewEvent.of("user.created", "{\"id\":1}", "d"),
                    NewEvent.of("user.created", "{\"id\":2}", "d"),
                    NewEvent.of("user.created", "{}", "e"),
                    NewEvent.of("user.created", "{", "f"),
                    NewEvent.of("nothing", "{}", "g")))
            .toCompletableFuture()
            .join();
    assertThat(results)
        .extracting(PublishResult::status)
        .containsExactly(
            PublishResult.Status.ACCEPTED,
            PublishResult.Status.DUPLICATE,
            PublishResult.Status.REJECTED,
            PublishResult.Status.REJECTED,
            PublishResult.Status.REJECTED,
            PublishResult.Status.REJECTED);
    List<StoredEvent> stored = api.events(EventQuery.byDeduper("d"));
    assertThat(stored).hasSize(1);
    assertThat(stored.get(0).payload()).isEqualTo("{\"id\": 1}");
    assertThat(stored.get(0).source()).isEqualTo(source);
    assertThat(api.events(new EventQuery("user.deleted", null, null, 5))).isEmpty();
    assertThat(api.events(new EventQuery("nothing", null, null, 5))).isEmpty();
    assertThat(api.status().kind()).isEqualTo(ServerStatus.Kind.AMEBO_BRIDGE);
  }

  @Test
  void aClosedServerIsUnavailable() {
    AmeboApi api = server.api();
    server.close();
    assertThatThrownBy(
            () ->
                api.publish(NewEvent.of("user.created", "{\"id\":1}", "d"))
                    .toCompletableFuture()
                    .join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(AmeboException.Unavailable.class);
  }
}
