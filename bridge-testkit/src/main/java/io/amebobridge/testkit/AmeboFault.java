package io.amebobridge.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** What {@link FakeAmebo} does with a request to publish, instead of answering it well. */
public interface AmeboFault {
  /** Carries out the request: what comes back would have been the answer. */
  interface Work {
    FakeAmebo.Answer run();
  }

  void apply(HttpExchange exchange, Work work) throws IOException, InterruptedException;

  /** None: for the requests between those that fail. */
  static AmeboFault none() {
    return (exchange, work) -> FakeAmebo.reply(exchange, work.run());
  }

  /** Answers with this status and stores nothing. */
  static AmeboFault status(int status, String... headers) {
    return (exchange, work) ->
        FakeAmebo.reply(exchange, new FakeAmebo.Answer(status, "{\"error\":\"as told\"}", headers));
  }

  /** A redirect, which must not be followed. */
  static AmeboFault redirect(String location) {
    return status(301, "Location", location);
  }

  /** Cuts the connection and stores nothing. */
  static AmeboFault cut() {
    return (exchange, work) -> exchange.close();
  }

  /** Stores, then cuts the connection instead of answering. */
  static AmeboFault cutAfterStoring() {
    return (exchange, work) -> {
      var unused = work.run();
      exchange.close();
    };
  }

  /** Waits for the latch before it stores and answers. */
  static AmeboFault hold(CountDownLatch until) {
    return (exchange, work) -> {
      until.await();
      FakeAmebo.reply(exchange, work.run());
    };
  }

  /** Stores, then answers with this status, as an upstream server may. */
  static AmeboFault statusAfterStoring(int status) {
    return (exchange, work) -> {
      var unused = work.run();
      FakeAmebo.reply(exchange, new FakeAmebo.Answer(status, "as told"));
    };
  }
}
