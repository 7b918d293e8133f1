package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads a body into memory, within a budget and within a time, and goes on when it is there.
 * Confined to one request's handling on its event loop.
 */
final class BodyReader {
  private static final String BODY = "amebo.body";
  // Bounded by the number of connections and their idle time.
  private static final long SMALL = 64 << 10;
  private static final Patience USUAL = new Patience(30_000, 1 << 10);
  private final RoutingContext context;
  private final BodyBudget budget;
  private final String address;
  private final int most;
  private final Patience patience;
  private final Handler<Throwable> refused;
  private final Buffer body = Buffer.buffer();
  private long charged;
  private boolean over;

  /**
   * How long a body may take.
   *
   * @param millis whatever its size
   * @param bytesAMilli at least, beyond that
   */
  record Patience(long millis, long bytesAMilli) {}

  private BodyReader(
      RoutingContext context,
      BodyBudget budget,
      int most,
      Patience patience,
      Handler<Throwable> refused) {
    this.context = context;
    this.budget = budget;
    this.address = Limits.address(context);
    this.most = most;
    this.patience = patience;
    this.refused = refused;
  }

  /**
   * Reads it.
   *
   * @param most its bytes
   * @param refused told a Refusal where it cannot be read; the connection is to end then
   */
  static void read(
      RoutingContext context, BodyBudget budget, int most, Handler<Throwable> refused) {
    read(context, budget, most, USUAL, refused);
  }

  static void read(
      RoutingContext context,
      BodyBudget budget,
      int most,
      Patience patience,
      Handler<Throwable> refused) {
    new BodyReader(context, budget, most, patience, refused).read();
  }

  /** What was read. */
  static byte[] of(RoutingContext context) {
    Buffer read = context.get(BODY);
    if (read == null) {
      read = context.body() == null ? null : context.body().buffer();
    }
    return read == null ? new byte[0] : read.getBytes();
  }

  private void read() {
    HttpServerRequest request = context.request();
    long announced = announced(request);
    if (announced > most) {
      refuse(
          new Refusal(
              413,
              "body - has " + announced + " bytes, allowed: " + most + " bytes for this route"));
      return;
    }
    if (announced > SMALL) {
      long longest = patience.millis + announced / patience.bytesAMilli;
      long timer =
          context
              .vertx()
              .setTimer(
                  longest,
                  late ->
                      refuse(
                          new Refusal(
                              408, "body - was not complete after " + longest / 1000 + " s")));
      context.addEndHandler(ended -> context.vertx().cancelTimer(timer));
    }
    context.addEndHandler(ended -> free());
    request.exceptionHandler(gone -> refuse(new Refusal(400, "body - the connection broke")));
    request.handler(this::arrived);
    request.endHandler(
        complete -> {
          if (!over) {
            over = true;
            context.put(BODY, body);
            context.next();
          }
        });
    String expected = request.getHeader(HttpHeaders.EXPECT);
    if ("100-continue".equalsIgnoreCase(expected)) {
      context.response().writeContinue();
    }
  }

  private void arrived(Buffer part) {
    if (over) {
      return;
    }
    long size = (long) body.length() + part.length();
    if (size > most) {
      refuse(new Refusal(413, "body - is too large, allowed: " + most + " bytes for this route"));
    } else if (size > SMALL && !charge(size - charged)) {
      refuse(new Refusal(503, "body - too many large requests at once"));
    } else {
      body.appendBuffer(part);
    }
  }

  private boolean charge(long more) {
    boolean taken = budget.take(address, more);
    charged += taken ? more : 0;
    return taken;
  }

  private void refuse(Refusal refusal) {
    if (!over) {
      over = true;
      refused.handle(refusal);
    }
  }

  private void free() {
    over = true;
    budget.giveBack(address, charged);
    charged = 0;
  }

  /** Where it does not say how long it will be, it may be the longest. */
  private long announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? most : 0;
    }
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      return most;
    }
  }
}
