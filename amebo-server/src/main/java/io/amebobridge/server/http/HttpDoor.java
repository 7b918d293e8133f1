package io.amebobridge.server.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Listens; one instance for each event loop that serves HTTP, all on the same port. */
public final class HttpDoor extends VerticleBase {
  private static final int IDLE_SECONDS = 75;
  private final Services services;
  private final AtomicInteger port;
  private final Router router;
  private @Nullable HttpServer server;

  /**
   * Makes an instance, with all its routes: that loads hundreds of classes, for which no event loop
   * has the time where the machine is busy.
   *
   * @param limits shared by all instances
   * @param port set to the port it listens on
   */
  public HttpDoor(Vertx vertx, Services services, Limits limits, AtomicInteger port) {
    this.services = services;
    this.port = port;
    this.router = router(vertx, services, limits);
  }

  private static Router router(Vertx vertx, Services services, Limits limits) {
    Router router = Router.router(vertx);
    router.route().handler(new RequestTimer(services.metrics()));
    router.route().handler(new Cors(services.config().http().corsOrigins()));
    Routes routes =
        new Routes(router, services.tokens(), services.registry(), limits, new Lists(vertx));
    TokenRoutes tokens = new TokenRoutes(services, limits, vertx);
    tokens.on(routes);
    new ApplicationRoutes(services).on(routes);
    new ActionRoutes(services).on(routes);
    new EventRoutes(services, limits, vertx).on(routes);
    SubscriptionRoutes subscriptions = new SubscriptionRoutes(services);
    subscriptions.on(routes);
    new SteeringRoutes(services, subscriptions).on(routes);
    new DeliveryRoutes(services).on(routes);
    new ReplayRoutes(services).on(routes);
    new OperationRoutes(services).on(routes);
    new PageRoutes(services, tokens).on(routes);
    new DocumentRoutes(routes.table(), services.version()).on(routes);
    routes.end();
    return router;
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(services.config().host())
            .setPort(services.config().port())
            .setIdleTimeout(IDLE_SECONDS)
            .setTcpNoDelay(true);
    HttpServer listening = vertx.createHttpServer(options).requestHandler(router);
    server = listening;
    return listening.listen().onSuccess(bound -> port.set(bound.actualPort()));
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.close();
  }
}
