package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class MetricsTest extends ServerTest {
  private Scrape scrape() {
    return Scrape.of(admin.get("/metrics").text());
  }

  @Test
  void aSessionIsCounted() {
    receiver.answer(call -> Receiver.Answer.of(call.event() == 2 ? 500 : 200));
    Fixture.subscribe(admin, "user.created", 1, "");
    publish("one", "{\"id\":1}");
    publish("one", "{\"id\":1}");
    admin.post("/v1/events", Fixture.event("user.created", "one", "{\"id\":2}"));
    publish("two", "{\"id\":2}");
    admin.post("/v1/events", Fixture.event("user.created", "s", "{\"id\":\"x\"}"));
    admin.post("/v1/events", Fixture.event("made.up", "s", "{}"));
    admin.post("/v1/events", Fixture.event("user.created", "s", "null"));
    String large = "{\"id\":1,\"email\":\"" + "x".repeat(1 << 20) + "\"}";
    admin.post("/v1/events", Fixture.event("user.created", "l", large));
    await().until(() -> receiver.calls().size() == 3);
    await().until(() -> scrape().value("amebo_subscription_dead{subscription=\"1\"}") == 1);
    Scrape s = scrape();
    assertThat(s.value("amebo_events_total{action=\"user.created\",outcome=\"stored\"}"))
        .isEqualTo(2);
    assertThat(s.value("amebo_events_total{action=\"user.created\",outcome=\"duplicate\"}"))
        .isEqualTo(1);
    assertThat(s.value("amebo_events_total{action=\"user.created\",outcome=\"conflict\"}"))
        .isEqualTo(1);
    assertThat(s.value("amebo_events_total{action=\"user.created\",outcome=\"invalid\"}"))
        .isEqualTo(3);
    assertThat(s.value("amebo_events_total{action=\"unknown\",outcome=\"invalid\"}")).isEqualTo(1);
    for (String reason : new String[] {"schema", "unknown_action", "malformed", "too_large"}) {
      assertThat(s.value("amebo_event_refusals_total{reason=\"" + reason + "\"}"))
          .as(reason)
          .isEqualTo(1);
    }
    assertThat(s.value("amebo_commit_events_sum")).isEqualTo(2);
    assertThat(s.value("amebo_commit_seconds_count")).isPositive();
    assertThat(s.value("amebo_commit_failures_total")).isZero();
    assertThat(s.value("amebo_writer_queue_events")).isZero();
    assertThat(s.value("amebo_delivery_attempts_total{outcome=\"delivered\"}")).isEqualTo(1);
    assertThat(s.value("amebo_delivery_attempts_total{outcome=\"failed\"}")).isEqualTo(1);
    assertThat(s.value("amebo_delivery_attempts_total{outcome=\"dead\"}")).isEqualTo(1);
    assertThat(s.value("amebo_delivery_attempt_seconds_count{outcome=\"delivered\"}")).isEqualTo(1);
    assertThat(s.value("amebo_delivery_attempt_seconds_count{outcome=\"failed\"}")).isEqualTo(2);
    assertThat(s.value("amebo_delivery_latency_seconds_count")).isEqualTo(1);
    assertThat(attempts(s, "delivered")).isEqualTo(1);
    assertThat(attempts(s, "failed")).isEqualTo(2);
    assertThat(
            s.value(
                "amebo_http_requests_seconds_count{method=\"POST\",route=\"/v1/events\",status=\"406\"}"))
        .isEqualTo(1);
  }

  private static double attempts(Scrape s, String outcome) {
    return s.value(
        "amebo_subscription_attempts_total{outcome=\"" + outcome + "\",subscription=\"1\"}");
  }

  @Test
  void routesAreNamedAsTheyAreDeclaredWhateverIsAskedFor() {
    for (int i = 0; i < 20; i++) {
      admin.get("/v1/events/" + (1000 + i));
      admin.get("/no/such/" + i);
      admin.send("MADEUP" + i, "/v1/events", null, "application/json");
    }
    Scrape s = scrape();
    assertThat(
            s.value(
                "amebo_http_requests_seconds_count{method=\"GET\",route=\"/v1/events/:id\",status=\"404\"}"))
        .isEqualTo(20);
    assertThat(
            s.value(
                "amebo_http_requests_seconds_count{method=\"GET\",route=\"other\",status=\"404\"}"))
        .isEqualTo(20);
    assertThat(admin.get("/metrics").text()).doesNotContain("MADEUP", "/no/such", "1000\"");
  }

  @Test
  void aReceiverThatIsDownShowsAsLagRetriesAndAnOpenBreaker() {
    receiver.answer(503);
    Fixture.subscribe(admin, "user.created", 100, "");
    String one = "{subscription=\"1\"}";
    publish(200);
    await().until(() -> scrape().value("amebo_subscription_breaker_open" + one) == 1);
    Scrape down = scrape();
    assertThat(down.value("amebo_subscription_lag_events" + one)).isPositive();
    await().until(() -> scrape().value("amebo_subscription_lag_seconds" + one) > 0);
    assertThat(down.value("amebo_subscription_retrying" + one)).isPositive();
    receiver.answer(200);
    await().until(() -> attempts(scrape(), "delivered") == 200);
    await().until(() -> scrape().value("amebo_subscription_lag_events" + one) == 0);
    Scrape up = scrape();
    assertThat(up.value("amebo_subscription_breaker_open" + one)).isZero();
    assertThat(up.value("amebo_subscription_lag_seconds" + one)).isZero();
    assertThat(up.value("amebo_subscription_retrying" + one)).isZero();
    assertThat(up.value("amebo_delivery_latency_seconds_count")).isEqualTo(200);
    admin.delete("/v1/subscriptions/1");
    await().untilAsserted(() -> assertThat(admin.get("/metrics").text()).doesNotContain(one));
  }

  @Test
  void actionsBeyondTheFirstAreCountedTogether() {
    BoundedNames names = new BoundedNames(2);
    assertThat(names.of("a")).isEqualTo("a");
    assertThat(names.of("b")).isEqualTo("b");
    assertThat(names.of("c")).isEqualTo("other");
    assertThat(names.of("b")).isEqualTo("b");
  }

  @Test
  void theProcessIsMeasuredToo() {
    Scrape s = scrape();
    assertThat(s.families())
        .contains(
            "amebo_build_info",
            "jvm_memory_used_bytes",
            "jvm_threads_live_threads",
            "jvm_gc_max_data_size_bytes",
            "process_uptime_seconds",
            "process_files_open_files",
            "process_cpu_usage");
    assertThat(admin.get("/metrics").text())
        .contains("amebo_build_info{java=\"" + Runtime.version() + "\",version=\"");
    assertThat(s.type("amebo_delivery_latency_seconds")).isEqualTo("histogram");
    assertThat(s.type("amebo_commit_seconds")).isEqualTo("histogram");
  }
}
