package io.amebobridge.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventBodiesTest {
  private static final int NODES = 500_000;

  /** Before anybody is asked who they are, a body may take no more than a few times its size. */
  @Test
  void readingABodyTakesMemoryForItsBytesNotForWhatTheySay() {
    String nested = "[" + "[],".repeat(NODES - 1) + "[]]";
    for (String field : List.of("payload", "source", "action", "other")) {
      byte[] body = ("[{\"" + field + "\":" + nested + "}]").getBytes(StandardCharsets.UTF_8);
      EventBodies.many("[{}]".getBytes(StandardCharsets.UTF_8)); // what is made but once
      long before = allocated();
      List<SentEvent> events = EventBodies.many(body);
      assertThat(allocated() - before).as(field).isLessThan(2L * body.length);
      assertThat(events).hasSize(1);
    }
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
