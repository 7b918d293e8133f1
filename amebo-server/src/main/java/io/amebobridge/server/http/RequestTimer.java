package io.amebobridge.server.http;

import io.amebobridge.server.ServerMetrics;
import io.vertx.core.Handler;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Times each request, by its route as declared; one line each at DEBUG. Thread-safe. */
final class RequestTimer implements Handler<RoutingContext> {
  private static final Logger log = LoggerFactory.getLogger(RequestTimer.class);
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
  private static final String OTHER = "other";
  private final ServerMetrics metrics;

  RequestTimer(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void handle(RoutingContext context) {
    long began = System.nanoTime();
    context.addEndHandler(end -> ended(context, Duration.ofNanos(System.nanoTime() - began)));
    context.next();
  }

  private void ended(RoutingContext context, Duration took) {
    String name = context.request().method().name();
    String method = METHODS.contains(name) ? name : OTHER;
    Route matched = context.currentRoute();
    String path = matched == null ? null : matched.getPath();
    String route = path == null ? OTHER : path;
    int status = context.response().getStatusCode();
    metrics.answered(method, route, status, took);
    if (log.isDebugEnabled()) {
      log.atDebug()
          .addKeyValue("method", method)
          .addKeyValue("route", route)
          .addKeyValue("status", status)
          .addKeyValue("millis", took.toMillis())
          .log("A request was answered");
    }
  }
}
