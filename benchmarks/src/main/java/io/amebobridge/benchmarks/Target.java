package io.amebobridge.benchmarks;

import io.vertx.core.buffer.Buffer;

/** What is measured: it stores events that it is sent, and delivers them to a sink. */
interface Target extends AutoCloseable {
  String name();

  int port();

  /** A request that publishes one event; each call gives another event. */
  Buffer single(String payload);

  /** A request that publishes so many events. */
  Buffer batch(int count, String payload);

  /** From now on everything that is stored, and what is stored already, goes to the sink. */
  void subscribe(int sinkPort) throws Exception;

  /** Resident memory in MB. */
  long residentMegabytes() throws Exception;

  /** Ends it and starts it again; milliseconds until the first event is stored. */
  long restartMillis() throws Exception;

  @Override
  void close();

  static Buffer post(String path, String headers, Buffer body) {
    return Buffer.buffer(body.length() + 256)
        .appendString("POST " + path + " HTTP/1.1\r\nHost: bench\r\n" + headers)
        .appendString("Content-Type: application/json\r\nContent-Length: " + body.length())
        .appendString("\r\n\r\n")
        .appendBuffer(body);
  }
}
