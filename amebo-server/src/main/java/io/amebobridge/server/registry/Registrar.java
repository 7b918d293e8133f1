package io.amebobridge.server.registry;

import io.amebobridge.client.Secret;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.security.ReceiverUrl;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The rules of registering, whoever asks: over HTTP or in the process. Thread-safe. */
public final class Registrar {
  private static final int SHORTEST_SECRET = 16;
  private static final int LONGEST_SECRET = 512;
  private static final String STANDARD_SECRET = "whsec_";
  private final Registry registry;
  private final AddressGuard guard;

  public Registrar(Registry registry, AddressGuard guard) {
    this.registry = registry;
    this.guard = guard;
  }

  public CompletableFuture<Application> application(String name, String address, Secret secret) {
    Wording.name("application", name);
    Wording.url("address", address);
    checkSecret(secret);
    checkHost("address", address);
    return registry.addApplication(name, address, secret);
  }

  public CompletableFuture<Application> change(Application application, ApplicationChange wanted) {
    if (wanted.secret() != null) {
      checkSecret(wanted.secret());
    }
    if (wanted.address() != null) {
      Wording.url("location", wanted.address());
      checkHost("location", wanted.address());
    }
    return registry.changeApplication(application, wanted);
  }

  /** Registers an action for an application that the asker may act for. */
  public CompletableFuture<Action> action(
      String name,
      String application,
      String schemata,
      Retention retention,
      @Nullable Principal asker,
      @Nullable Secret secret) {
    Wording.name("action", name);
    Application owner =
        authorised(application, asker, secret, 401, "secret - is not that of application ");
    return registry.addAction(name, owner, EventSchema.check(schemata), retention);
  }

  /** Registers a subscription for an application that the asker may act for. */
  public CompletableFuture<Subscription> subscription(
      String application, Wish wish, @Nullable Principal asker, @Nullable Secret secret) {
    Application subscriber =
        authorised(application, asker, secret, 417, "secret - is not that of application ");
    checkHandler(wish.handler());
    Wording.pattern(wish.action());
    Wording.text("description", wish.description());
    Wording.retries(wish.maxRetries());
    ActionPattern pattern = new ActionPattern(wish.action());
    if (!pattern.isPattern() && registry.action(wish.action()).isEmpty()) {
      throw new Refusal(426, "action - " + wish.action() + " is not registered");
    }
    return registry.addSubscription(
        new NewSubscription(
            subscriber,
            pattern,
            wish.handler(),
            wish.description(),
            wish.maxRetries(),
            wish.envelope(),
            wish.passphrase(),
            wish.ordered(),
            wish.start()));
  }

  /** A subscription as it is asked for. */
  public record Wish(
      String action,
      String handler,
      @Nullable String description,
      int maxRetries,
      boolean envelope,
      boolean passphrase,
      boolean ordered,
      Start start) {}

  /** Checks a webhook: an absolute URL, or a path below the application's address. */
  public void checkHandler(String handler) {
    Wording.handler(handler);
    if (!handler.startsWith("/")) {
      checkHost("handler", handler);
    }
  }

  /** The application, where the asker's token or the secret allows to act for it. */
  public Application authorised(
      String name, @Nullable Principal asker, @Nullable Secret secret, int status, String refusal) {
    Optional<Application> found = registry.application(name);
    if (asker != null) {
      if (!asker.actsFor(name)) {
        throw new Refusal(403, "application - the token is not for " + name);
      }
      return found.orElseThrow(
          () -> new Refusal(status, "application - " + name + " is not registered"));
    }
    if (secret == null) {
      throw new Refusal(401, "secret - is required, or a bearer token from POST /v1/tokens");
    }
    return found
        .filter(application -> application.accepts(secret))
        .orElseThrow(
            () -> new Refusal(status, refusal + name + ", or there is no such application"));
  }

  /** Refuses a secret that an application may not have. */
  public static void checkSecret(Secret secret) {
    String text = secret.reveal();
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length < SHORTEST_SECRET || length > LONGEST_SECRET) {
      throw new Refusal(
          400,
          "secret - has "
              + length
              + " bytes, allowed: "
              + SHORTEST_SECRET
              + " to "
              + LONGEST_SECRET);
    }
    if (text.chars().anyMatch(c -> c < 0x21 || c > 0x7e)) {
      throw new Refusal(
          400, "secret - allowed: visible ASCII characters, as it travels in a header");
    }
    if (text.startsWith(STANDARD_SECRET)) {
      try {
        Base64.getDecoder().decode(text.substring(STANDARD_SECRET.length()));
      } catch (IllegalArgumentException e) {
        throw new Refusal(400, "secret - starts with whsec_, but no base64 follows");
      }
    }
  }

  private void checkHost(String field, String url) {
    try {
      ReceiverUrl receiver = ReceiverUrl.parse(url);
      // A name is looked up, and checked, when it is dialled.
      Optional<InetAddress> closed = receiver.literal().filter(address -> !guard.allows(address));
      if (closed.isPresent()) {
        throw new Refusal(400, field + " - " + guard.refusal(receiver.host(), closed.get()));
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, field + " - " + e.getMessage());
    }
  }
}
