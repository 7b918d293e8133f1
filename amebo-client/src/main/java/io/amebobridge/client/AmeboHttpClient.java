package io.amebobridge.client;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Amebo over HTTP: our server or an upstream one, told apart by itself.
 *
 * <p>Thread-safe; connections are reused. Stages complete on the client's threads, so dependents
 * must not block. Nothing is retried here except a 401, once, with a new token: what became of a
 * request is the caller's to know. Redirects are never followed.
 *
 * <p>On an upstream server {@link #events} lists at most 15 events and can't page, and the check of
 * a second registration can't compare secrets. A deduper is stored there with its special
 * characters escaped, as the server can't be asked for others, and is listed so.
 */
public final class AmeboHttpClient implements AmeboApi {
  private final HttpTransport http;
  private final @Nullable Tokens tokens;
  private final OwnServer own;
  private final UpstreamServer upstream;
  private final Detection detection;

  private AmeboHttpClient(Builder b) {
    http =
        new HttpTransport(
            b.url, b.connectTimeout, b.callTimeout, b.maxConcurrentCalls, b.maxResponseBytes);
    InstantSource clock = InstantSource.system();
    tokens = new Tokens(http, b.credentials, clock);
    own = new OwnServer(http, tokens);
    upstream = new UpstreamServer(http, b.credentials, clock);
    detection = new Detection(http);
  }

  /**
   * @param url where the server is, such as {@code https://amebo.example.com}; may have a path
   * @throws IllegalArgumentException for what is no http or https URL, or has a password in it
   */
  public static Builder builder(String url, Credentials credentials) {
    return new Builder(url, credentials);
  }

  @Override
  public ServerStatus status() throws InterruptedException {
    return Blocking.await(detection.status());
  }

  /**
   * Our server gives or denies a token. An upstream server has nothing that could be asked; there a
   * user is denied, since publishing takes an application's secret.
   */
  @Override
  public void checkCredentials() throws InterruptedException {
    Tokens ours = tokensFor(status());
    if (ours != null) Blocking.await(ours.check());
    else upstream.application();
  }

  @Override
  public CompletionStage<PublishResult> publish(NewEvent event) {
    return detection
        .status()
        .thenCompose(s -> isUpstream(s) ? upstream.publish(event) : own.publish(event));
  }

  @Override
  public CompletionStage<List<PublishResult>> publishBatch(List<NewEvent> events) {
    List<NewEvent> batch = List.copyOf(events);
    return detection
        .status()
        .thenCompose(
            s ->
                isUpstream(s)
                    ? CompletableFuture.failedFuture(noBatch())
                    : own.publishBatch(batch));
  }

  private AmeboException noBatch() {
    return new AmeboException.Refused(
        "Publishing a batch to "
            + http.base().host()
            + ": an upstream Amebo server takes single events only",
        404);
  }

  @Override
  public void register(ApplicationSpec application) throws InterruptedException {
    registrar().register(application);
  }

  @Override
  public void register(ActionSpec action) throws InterruptedException {
    registrar().register(action);
  }

  @Override
  public void register(SubscriptionSpec subscription) throws InterruptedException {
    registrar().register(subscription);
  }

  private Registrar registrar() throws InterruptedException {
    ServerStatus status = status();
    return new Registrar(http, tokensFor(status), isUpstream(status));
  }

  @Override
  public List<StoredEvent> events(EventQuery query) throws InterruptedException {
    ServerStatus status = status();
    if (isUpstream(status) && query.after() != null) {
      throw new AmeboException.Refused(
          "Listing events at " + http.base().host() + ": an upstream Amebo server can't page", 400);
    }
    List<StoredEvent> all = new ArrayList<>();
    Long after = query.after();
    while (all.size() < query.limit()) {
      List<StoredEvent> page = page(query, after, query.limit() - all.size(), status);
      all.addAll(page);
      if (page.isEmpty() || isUpstream(status)) break;
      long last = page.get(page.size() - 1).event();
      // A server that ignores "after" must not keep us here for ever.
      if (after != null && last <= after) break;
      after = last;
    }
    return List.copyOf(all.subList(0, Math.min(all.size(), query.limit())));
  }

  private List<StoredEvent> page(
      EventQuery query, @Nullable Long after, int limit, ServerStatus status)
      throws InterruptedException {
    HttpUrl.Builder url = http.url("v1/events");
    String deduper = query.deduper();
    if (deduper != null && isUpstream(status)) deduper = UpstreamQuery.stored(deduper);
    if (query.action() != null) UpstreamQuery.add(url, "action", query.action());
    if (deduper != null) UpstreamQuery.add(url, "deduper", deduper);
    String wanted = deduper;
    if (!isUpstream(status)) {
      if (after != null) url.addQueryParameter("after", after.toString());
      url.addQueryParameter("limit", Integer.toString(limit));
    }
    Tokens ours = tokensFor(status);
    CompletableFuture<HttpAnswer> answer =
        ours == null
            ? http.get(url.build(), null)
            : ours.with(token -> http.get(url.build(), token));
    return StoredEvents.read(Blocking.await(answer), isUpstream(status)).stream()
        .filter(e -> query.action() == null || query.action().equals(e.action()))
        .filter(e -> wanted == null || wanted.equals(e.deduper()))
        .toList();
  }

  private @Nullable Tokens tokensFor(ServerStatus status) {
    return isUpstream(status) ? null : tokens;
  }

  private static boolean isUpstream(ServerStatus status) {
    return status.kind() == ServerStatus.Kind.UPSTREAM;
  }

  /** Calls under way are cancelled. Idempotent. */
  @Override
  public void close() {
    http.close();
  }

  /** Where the server is, never the credentials. */
  @Override
  public String toString() {
    return "AmeboHttpClient[" + http.base() + "]";
  }

  /** Confined to one thread. */
  public static final class Builder {
    private final HttpUrl url;
    private final Credentials credentials;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration callTimeout = Duration.ofSeconds(30);
    private int maxConcurrentCalls = 64;
    private long maxResponseBytes = 32L << 20;

    private Builder(String url, Credentials credentials) {
      // Without quoting it: it may hold a password.
      HttpUrl parsed = HttpUrl.parse(url);
      if (parsed == null) {
        throw new IllegalArgumentException(
            "The Amebo URL must be like http://host:3310 or https://host");
      }
      if (!parsed.username().isEmpty()
          || !parsed.password().isEmpty()
          || parsed.query() != null
          || parsed.fragment() != null) {
        throw new IllegalArgumentException(
            "The Amebo URL must have no user, password, query or fragment;"
                + " give the credentials separately");
      }
      this.url = parsed;
      this.credentials = Objects.requireNonNull(credentials, "credentials");
    }

    /** For one connection to be made; 5 s. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive(timeout);
      return this;
    }

    /** For a whole call with its answer; 30 s. */
    public Builder callTimeout(Duration timeout) {
      this.callTimeout = positive(timeout);
      return this;
    }

    /** Calls under way at a time, each on its connection; others wait. 64. */
    public Builder maxConcurrentCalls(int calls) {
      if (calls < 1) throw new IllegalArgumentException("maxConcurrentCalls " + calls + " < 1");
      this.maxConcurrentCalls = calls;
      return this;
    }

    /** An answer with more is a failure; 32 MiB. */
    public Builder maxResponseBytes(long bytes) {
      if (bytes < 1) throw new IllegalArgumentException("maxResponseBytes " + bytes + " < 1");
      this.maxResponseBytes = bytes;
      return this;
    }

    /** Connects to nothing yet. */
    public AmeboHttpClient build() {
      return new AmeboHttpClient(this);
    }

    private static Duration positive(Duration timeout) {
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException("the timeout " + timeout + " is not positive");
      }
      return timeout;
    }
  }
}
