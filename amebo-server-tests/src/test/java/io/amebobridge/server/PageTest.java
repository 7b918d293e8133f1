package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The smallest page: whoever is behind reads the log one event after the other. */
class PageTest extends ServerTest {
  @Override
  ServerConfig config() {
    return super.config().withDelivery(super.config().delivery().withPage(1));
  }

  @Test
  void nothingIsPassedOverAndNothingComesTwice() throws Exception {
    publish(30);
    restart(); // memory holds none of them any longer
    Fixture.subscribe(admin, "user.created", ",\"start\":\"earliest\"");
    publish("after", "{\"id\":31}");
    await().until(() -> receiver.calls().size() >= 31);
    assertThat(receiver.events())
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 31).boxed().toList());
  }
}
