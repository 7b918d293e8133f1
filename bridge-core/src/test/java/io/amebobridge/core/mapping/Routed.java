package io.amebobridge.core.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Message;
import io.amebobridge.core.Router;
import io.amebobridge.core.Router.Failed;
import io.amebobridge.core.Router.Mapped;
import io.amebobridge.core.Router.Routing;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFixture;

/** Routers of a few lines, and what they made of a message. */
final class Routed {
  private Routed() {}

  static Router router(String routes) throws ConfigException {
    return MappingRouter.factory(ConfigFixture.routes(routes)).get();
  }

  static Message one(Routing routing) {
    assertThat(routing).isInstanceOf(Mapped.class);
    assertThat(((Mapped) routing).messages()).hasSize(1);
    return ((Mapped) routing).messages().get(0);
  }

  static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  static String payload(String expression, String body) throws ConfigException {
    Router router =
        router("- {from: {source: events}, action: a, payload: '{{ " + expression + " }}'}");
    return text(one(router.route(ConfigFixture.message(body))).body());
  }

  static String reason(Routing routing) {
    assertThat(routing).isInstanceOf(Failed.class);
    return ((Failed) routing).reason();
  }
}
