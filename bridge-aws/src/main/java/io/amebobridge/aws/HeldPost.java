package io.amebobridge.aws;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * One post, from its first byte until its answer, which is held back until the message is settled,
 * or SNS would wait no longer. All on the connection's event loop, except {@link #give}.
 */
final class HeldPost implements Pushed.Answer {
  private final Context context;
  private final SnsDoor door;
  private final HttpServerRequest request;
  private final Buffer body = Buffer.buffer();
  private long bodyTimer = -1;
  private long holdTimer = -1;
  private int charged;
  private boolean answered;
  private @Nullable Pushed pushed;

  HeldPost(Context context, SnsDoor door, HttpServerRequest request) {
    this.context = context;
    this.door = door;
    this.request = request;
  }

  void read() {
    if (!request.path().equals(door.settings().path())) {
      finish(404, "there is nothing here", true);
      return;
    }
    if (!request.method().name().equals("POST")) {
      request.response().putHeader(HttpHeaders.ALLOW, "POST");
      finish(405, "SNS posts here", true);
      return;
    }
    bodyTimer =
        context
            .owner()
            .setTimer(
                door.patience().body().toMillis(), late -> finish(503, "it came too slowly", true));
    request.response().closeHandler(gone -> done());
    request.exceptionHandler(broken -> done());
    request.handler(this::arrived);
    request.endHandler(complete -> received());
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
  }

  private void arrived(Buffer part) {
    if (answered) return;
    charged += part.length();
    if (charged > SnsDoor.MOST_BODY) {
      charged -= part.length();
      finish(413, "it is larger than a message of SNS can be", true);
    } else if (!door.charge(part.length())) {
      charged -= part.length();
      finish(503, "too much is being received", true);
    } else {
      body.appendBuffer(part);
    }
  }

  private void received() {
    if (answered) return;
    context.owner().cancelTimer(bodyTimer);
    holdTimer =
        context
            .owner()
            .setTimer(
                door.settings().holdLimit().toMillis(),
                late -> finish(503, "Amebo has not taken it yet", false));
    boolean raw = "true".equalsIgnoreCase(request.getHeader("x-amz-sns-rawdelivery"));
    String rawTopic = raw ? String.valueOf(request.getHeader("x-amz-sns-topic-arn")) : null;
    door.receive().receive(body.getBytes(), rawTopic, this, this::held);
  }

  /** By any thread: the message is in the inbox. */
  private void held(Pushed by) {
    context.runOnContext(
        now -> {
          if (answered) door.inbox().forget(by, this);
          else pushed = by;
        });
  }

  @Override
  public void give(int status, String why) {
    context.runOnContext(now -> finish(status, why, false));
  }

  /** What was not read of a request can't be told from the next one: the connection ends. */
  private void finish(int status, String why, boolean last) {
    if (answered) return;
    done();
    HttpServerResponse response = request.response();
    if (response.closed()) return;
    if (last) response.putHeader(HttpHeaders.CONNECTION, "close");
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.SERVER, SnsDoor.SERVER)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8");
    var unused =
        response
            .end(why + "\n")
            .onComplete(
                sent -> {
                  if (last) request.connection().close();
                });
  }

  private void done() {
    if (answered) return;
    answered = true;
    context.owner().cancelTimer(bodyTimer);
    context.owner().cancelTimer(holdTimer);
    door.release(charged);
    if (pushed != null) door.inbox().forget(pushed, this);
    pushed = null;
  }
}
