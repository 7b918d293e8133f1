package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EndpointTest {
  private static final CallResult DOWN = CallResult.failed("cannot connect");
  private static final CallResult DONE = new CallResult(200, null, null, null);
  private final Endpoints endpoints =
      new Endpoints(2, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)));
  private final AtomicInteger woken = new AtomicInteger();
  private final Runnable wake = woken::incrementAndGet;
  private final Endpoint endpoint = endpoints.join("http://a:80", wake);

  @Test
  void whatOneSubscriptionFindsHoldsForAll() {
    Endpoint same = endpoints.join("http://a:80", () -> {});
    assertThat(same).isSameAs(endpoint);
    fail(endpoint, 0);
    fail(same, 0);
    assertThat(endpoint.enter(0)).as("open").isNull();
    assertThat(endpoint.state(0)).isEqualTo(Endpoint.State.OPEN);
    assertThat(endpoint.opensAt()).isBetween(1L, 1001L);
    assertThat(woken).as("told once").hasValue(1);
  }

  @Test
  void oneProbeIsOutAtATime() {
    fail(endpoint, 0);
    fail(endpoint, 0);
    Endpoint.Ticket probe = enter(5_000);
    assertThat(probe.probe()).isTrue();
    assertThat(endpoint.enter(5_000)).isNull();
    assertThat(endpoint.opensAt()).isEqualTo(Long.MAX_VALUE);
    endpoint.done(probe, DOWN, 5_000);
    assertThat(woken).as("others may have to look again").hasValue(2);
    assertThat(endpoint.enter(5_000)).isNull();
    Endpoint.Ticket next = enter(10_000);
    endpoint.done(next, DONE, 10_000);
    assertThat(enter(10_000).probe()).isFalse();
    assertThat(woken).hasValue(3);
  }

  @Test
  void aProbeThatNobodyMakesGoesToTheNext() {
    fail(endpoint, 0);
    fail(endpoint, 0);
    Endpoint.Ticket unused = enter(5_000);
    endpoint.unused(unused);
    assertThat(woken).as("nobody was refused").hasValue(1);
    Endpoint.Ticket again = enter(5_000);
    assertThat(endpoint.enter(5_000)).isNull();
    endpoint.unused(again);
    assertThat(woken).as("somebody was").hasValue(2);
    assertThat(enter(5_000).probe()).isTrue();
  }

  @Test
  void callsThatFailAfterItOpenedDoNotPutTheProbeOff() {
    Endpoint.Ticket late = enter(0);
    fail(endpoint, 0);
    fail(endpoint, 0);
    long opens = endpoint.opensAt();
    endpoint.done(late, DOWN, 900);
    assertThat(endpoint.opensAt()).isEqualTo(opens);
  }

  @Test
  void retryAfterPausesAllUpToABound() {
    CallResult later =
        new CallResult(429, "the receiver answered 429", Duration.ofSeconds(7), null);
    endpoint.done(enter(0), later, 0);
    assertThat(endpoint.state(6_999)).isEqualTo(Endpoint.State.PAUSED);
    assertThat(endpoint.enter(6_999)).isNull();
    assertThat(endpoint.opensAt()).isEqualTo(7_000);
    Endpoint.Ticket after = enter(7_000);
    CallResult never = new CallResult(503, "503", Duration.ofDays(300), null);
    endpoint.done(after, never, 7_000);
    assertThat(endpoint.opensAt()).isEqualTo(7_000 + Duration.ofMinutes(10).toMillis());
  }

  @Test
  void whoThrottlesIsNotDown() {
    for (int i = 0; i < 10; i++) {
      endpoint.done(enter(0), new CallResult(429, "429", null, null), 0);
    }
    assertThat(endpoint.state(0)).isEqualTo(Endpoint.State.CLOSED);
  }

  @Test
  void itIsForgottenWithItsLastUser() {
    Runnable other = () -> {};
    endpoints.join("http://a:80", other);
    endpoints.leave("http://a:80", wake);
    assertThat(endpoints.size()).isEqualTo(1);
    endpoints.leave("http://a:80", other);
    assertThat(endpoints.size()).isZero();
  }

  private Endpoint.Ticket enter(long now) {
    return Objects.requireNonNull(endpoint.enter(now));
  }

  private static void fail(Endpoint to, long now) {
    to.done(Objects.requireNonNull(to.enter(now)), DOWN, now);
  }
}
