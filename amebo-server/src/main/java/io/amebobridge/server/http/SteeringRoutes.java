package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Start;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.registry.SubscriptionChange;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.Rewind;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Subscriptions are paused, go on, and are set to another place in the log. */
final class SteeringRoutes {
  private static final Logger log = LoggerFactory.getLogger(SteeringRoutes.class);
  private static final long UNCOUNTED = -1;
  private static final int MOST_BODY = 4 << 10;
  private final Services services;
  private final SubscriptionRoutes subscriptions;

  SteeringRoutes(Services services, SubscriptionRoutes subscriptions) {
    this.services = services;
    this.subscriptions = subscriptions;
  }

  void on(Routes routes) {
    refusing(
        routes
            .post("/v1/subscriptions/:id/pause", exchange -> pause(exchange, true))
            .says("Subscriptions", "Begins no more calls, until it is resumed.")
            .answers(200, "Paused; calls in flight end.", Shape.ref("Subscription")));
    refusing(
        routes
            .post("/v1/subscriptions/:id/resume", exchange -> pause(exchange, false))
            .says("Subscriptions", "Goes on where it was paused.")
            .answers(200, "Resumed.", Shape.ref("Subscription")));
    refusing(
        routes
            .post("/v1/subscriptions/:id/rewind", MOST_BODY, this::rewind)
            .says("Subscriptions", "Sets it to another place in the log, back or forward.")
            .takes(Shape.object().with("to", Starts.shape(false)))
            .answers(202, "Stored; done once what is in flight has ended.", rewound())
            .refuses(409, "A rewind is under way."));
  }

  private static void refusing(Endpoint endpoint) {
    endpoint
        .by(Access.TOKEN)
        .in("id", Shape.integer(), "The subscription's id.")
        .refuses(403, "It is another application's.")
        .refuses(404, "There is no such subscription.");
  }

  private static Shape rewound() {
    return Shape.object()
        .with("subscription", Shape.integer())
        .with("from", Shape.integer().says("Where it stood."))
        .with("to", Shape.integer().says("The first event delivered is the one after it."))
        .maybe(
            "passed_over",
            Shape.integer()
                .says("Its events that a step forward leaves undelivered, if counted in time."))
        .maybe("capped", Shape.flag().says("There are more than passed_over."));
  }

  private Future<Answer> pause(Exchange exchange, boolean paused) {
    Principal asker = exchange.principal();
    Subscription known = subscriptions.known(exchange);
    subscriptions.authorise(known, Optional.of(asker), Optional.empty());
    return Future.fromCompletionStage(
            services.registry().changeSubscription(known, SubscriptionChange.pause(paused)),
            exchange.context().vertx().getOrCreateContext())
        .map(done -> Answer.json(200, subscriptions.row(done)));
  }

  /** What is wanted is stored when this answers; it is done once what is in flight has ended. */
  private Future<Answer> rewind(Exchange exchange) {
    Principal asker = exchange.principal();
    Subscription known = subscriptions.known(exchange);
    subscriptions.authorise(known, Optional.of(asker), Optional.empty());
    Fields fields = exchange.fields();
    if (!fields.has("to")) {
      throw new Refusal(400, "to - is required: latest, earliest, the id of an event, or a time");
    }
    Start to = Starts.of(fields, "to");
    if (to instanceof Start.Taken) {
      throw new Refusal(400, "to - allowed: latest, earliest, the id of an event, or a time");
    }
    // Newer than in the database, where it is driven here.
    long stands = services.dispatcher().cursor(known.id()).orElse(0);
    return exchange
        .blocking(() -> services.store().writer().apply(want(known.id(), to)).join())
        .compose(
            wanted -> {
              services.dispatcher().restart(known.id());
              long from = Math.max(stands, wanted.cursor());
              return exchange
                  .listing(() -> passedOver(known, from, wanted.to()))
                  .otherwise(failure -> uncounted(known, failure))
                  .map(passed -> rewound(known, from, wanted.to(), passed));
            });
  }

  private static Change<Rewind.Wanted> want(long subscription, Start to) {
    return session ->
        Rewind.want(session, subscription, to.resolve("to", session))
            .orElseThrow(() -> new Refusal(409, "rewind - one is under way"));
  }

  private long passedOver(Subscription subscription, long from, long to) {
    return services
        .store()
        .deliveries()
        .unseen(
            subscription.id(),
            from,
            to,
            services.registry().matching(subscription.action()),
            Paging.MOST_COUNTED + 1);
  }

  /** It is stored: that its consequences cannot be counted must not sound as if it were not. */
  private static long uncounted(Subscription subscription, Throwable failure) {
    log.atInfo()
        .addKeyValue("subscription", subscription.id())
        .setCause(failure)
        .log("What a rewind passes over was not counted");
    return UNCOUNTED;
  }

  private static Answer rewound(Subscription subscription, long from, long to, long passed) {
    ObjectNode row =
        Rows.object().put("subscription", subscription.id()).put("from", from).put("to", to);
    if (passed != UNCOUNTED) {
      row.put("passed_over", Math.min(passed, Paging.MOST_COUNTED));
    }
    if (passed > Paging.MOST_COUNTED) {
      row.put("capped", true);
    }
    return Answer.json(202, row);
  }
}
