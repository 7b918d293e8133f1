package io.amebobridge.client;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** Sends requests and says of each failure whether the request may have reached the server. */
final class HttpTransport implements AutoCloseable {
  private final HttpUrl base;
  private final long maxResponseBytes;
  private final ExecutorService threads;
  private final OkHttpClient http;

  HttpTransport(
      HttpUrl base, Duration connect, Duration call, int maxConcurrent, long maxResponseBytes) {
    this.base = base;
    this.maxResponseBytes = maxResponseBytes;
    this.threads = Executors.newCachedThreadPool(HttpTransport::daemon);
    Dispatcher dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(maxConcurrent);
    dispatcher.setMaxRequestsPerHost(maxConcurrent);
    http =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            // Shorter than servers keep idle connections (uvicorn 5 s), else a request may meet a
            // closed one and its outcome is unknown for no need.
            .connectionPool(new ConnectionPool(maxConcurrent, 4, TimeUnit.SECONDS))
            .followRedirects(false)
            .followSslRedirects(false)
            // Only tries further addresses of the host: bodies are one-shot (see JsonBody).
            .retryOnConnectionFailure(true)
            .connectTimeout(connect)
            .readTimeout(call)
            .writeTimeout(call)
            .callTimeout(call)
            .eventListenerFactory(HttpTransport::sentListener)
            .build();
  }

  private static Thread daemon(Runnable work) {
    Thread t = new Thread(work, "amebo-http");
    t.setDaemon(true);
    return t;
  }

  HttpUrl.Builder url(String path) {
    return base.newBuilder().addPathSegments(path);
  }

  HttpUrl base() {
    return base;
  }

  CompletableFuture<HttpAnswer> get(HttpUrl url, @Nullable String token) {
    return send(new Request.Builder().url(url), token, false);
  }

  CompletableFuture<HttpAnswer> post(String path, JsonBody body, @Nullable String token) {
    return send(new Request.Builder().url(url(path).build()).post(body), token, true);
  }

  /** Fails with Unavailable, or, where a write may have reached the server, OutcomeUnknown. */
  private CompletableFuture<HttpAnswer> send(
      Request.Builder request, @Nullable String token, boolean write) {
    Sent sent = new Sent();
    request.header("Accept", "application/json").header("User-Agent", "amebo-client");
    if (token != null) request.header("Authorization", "Bearer " + token);
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    http.newCall(request.tag(Sent.class, sent).build())
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException e) {
                answer.completeExceptionally(failure(call, e, write && sent.value));
              }

              @Override
              public void onResponse(Call call, Response response) {
                try (response) {
                  answer.complete(read(response));
                } catch (IOException e) {
                  answer.completeExceptionally(failure(call, e, write));
                } catch (Throwable e) {
                  answer.completeExceptionally(e);
                }
              }
            });
    return answer;
  }

  private HttpAnswer read(Response response) throws IOException {
    BufferedSource source = response.body().source();
    if (source.request(maxResponseBytes + 1)) {
      throw new IOException("the answer has more than " + maxResponseBytes + " bytes");
    }
    return new HttpAnswer(
        response.request().url(), response.code(), response.headers(), source.readByteArray());
  }

  private AmeboException failure(Call call, IOException e, boolean maybeDone) {
    HttpUrl url = call.request().url();
    String where =
        url.scheme() + "://" + url.host() + ":" + url.port() + " " + call.request().method() + " ";
    String message = where + url.encodedPath() + ": " + reason(e);
    return maybeDone
        ? new AmeboException.OutcomeUnknown(
            message + "; the request was sent, whether it was carried out is not known", e)
        : new AmeboException.Unavailable(message, null, e);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  private static EventListener sentListener(Call call) {
    Sent sent = call.request().tag(Sent.class);
    return sent == null ? EventListener.NONE : sent;
  }

  @Override
  public void close() {
    http.dispatcher().cancelAll();
    threads.shutdown();
    http.connectionPool().evictAll();
  }

  /** Remembers whether any byte of the request may be on its way. */
  private static final class Sent extends EventListener {
    volatile boolean value;

    @Override
    public void requestHeadersStart(Call call) {
      value = true;
    }
  }
}
