package io.amebobridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What the tests of the client share. */
final class Clients {
  static final Secret SECRET = Secret.of("0123456789abcdef");
  static final Credentials APP = Credentials.application("bridge", SECRET);

  private Clients() {}

  static AmeboHttpClient to(ScriptedServer server) {
    return AmeboHttpClient.builder(server.url(), APP).build();
  }

  static AmeboHttpClient impatient(ScriptedServer server) {
    return AmeboHttpClient.builder(server.url(), APP).callTimeout(Duration.ofSeconds(1)).build();
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** What the stage fails with; none of it may show the secret. */
  static <E extends AmeboException> E failure(Class<E> type, CompletionStage<?> stage)
      throws Exception {
    try {
      Object result = stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
      throw new AssertionError("succeeded with " + result);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(type);
      assertThat(e.getCause().toString()).doesNotContain(SECRET.reveal());
      return type.cast(e.getCause());
    }
  }
}
