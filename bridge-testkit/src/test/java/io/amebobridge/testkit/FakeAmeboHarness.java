package io.amebobridge.testkit;

import io.amebobridge.client.AmeboHttpClient;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Every fault there is, brought about by a {@link FakeAmebo}. */
final class FakeAmeboHarness extends AmeboSinkHarness {
  private final FakeAmebo server;
  private CountDownLatch silence = new CountDownLatch(0);

  FakeAmeboHarness(FakeAmebo server) {
    this(server, server.client());
  }

  private FakeAmeboHarness(FakeAmebo server, AmeboHttpClient client) {
    super(client, server::events);
    this.server = server;
  }

  @Override
  public byte[] rejectedBody(String text) {
    return body(text + FakeAmebo.REJECTED);
  }

  @Override
  public void begin(SinkFault fault) {
    String retryAfter = Long.toString(RETRY_AFTER.toSeconds());
    switch (fault) {
      case AWAY -> server.stop();
      case FAILS_ONCE -> {
        server.failNext(2, AmeboFault.none());
        server.failNext(1, AmeboFault.status(503));
      }
      case THROTTLING -> server.failAlways(AmeboFault.status(429, "Retry-After", retryAfter));
      case DENYING -> server.deny();
      case ANSWERS_LOST -> server.failAlways(AmeboFault.cutAfterStoring());
      case REDIRECTING -> server.failAlways(AmeboFault.redirect("http://127.0.0.1:9/"));
      case SILENT -> {
        silence = new CountDownLatch(1);
        server.failAlways(AmeboFault.hold(silence));
      }
    }
  }

  @Override
  public void end() {
    server.heal();
    silence.countDown();
    server.start();
  }

  @Override
  public String secret() {
    return FakeAmebo.SECRET.reveal();
  }

  @Override
  public Map<SinkFault, String> unsupported() {
    return Map.of();
  }

  @Override
  public void close() {
    silence.countDown();
    super.close();
    server.close();
  }
}
