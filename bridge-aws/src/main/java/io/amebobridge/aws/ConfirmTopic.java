package io.amebobridge.aws;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confirms subscriptions by the token that SNS has sent. The address is made here, of the topic's
 * region or of the endpoint in the config: what a message names as SubscribeURL is never visited.
 * Thread-safe.
 */
final class ConfirmTopic {
  private static final Logger LOG = LoggerFactory.getLogger(ConfirmTopic.class);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(8);
  private static final int MOST_BYTES = 64 << 10;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9]{1,2000}");

  private final String source;
  private final @Nullable URI endpoint;
  private final HttpClient http;

  ConfirmTopic(String source, @Nullable URI endpoint, HttpClient http) {
    this.source = source;
    this.endpoint = endpoint;
    this.http = http;
  }

  /** Done when SNS has said so; fails with a {@link RefusedPost}. */
  CompletableFuture<@Nullable Void> confirm(SnsEnvelope envelope, TopicArn topic)
      throws RefusedPost {
    String token = envelope.fields().get("Token");
    if (token == null || !TOKEN.matcher(token).matches()) {
      throw RefusedPost.malformed("it has no token to confirm with");
    }
    String own = "https://" + topic.host() + "/?Action=ConfirmSubscription&";
    String named = envelope.fields().get("SubscribeURL");
    if (endpoint == null && (named == null || !named.startsWith(own))) {
      throw RefusedPost.forbidden("its SubscribeURL is not at https://" + topic.host() + "/");
    }
    String base = endpoint == null ? "https://" + topic.host() : root(endpoint);
    String query = "/?Action=ConfirmSubscription&TopicArn=%s&Token=%s";
    URI address = URI.create(base + query.formatted(encoded(topic.toString()), token));
    HttpRequest request = HttpRequest.newBuilder(address).timeout(TIME_LIMIT).build();
    return http.sendAsync(request, head -> new LimitedBody(MOST_BYTES))
        .handle((answer, failure) -> judged(topic, answer, failure));
  }

  private @Nullable Void judged(
      TopicArn topic, @Nullable HttpResponse<byte[]> answer, @Nullable Throwable failure) {
    if (answer != null && answer.statusCode() == 200) {
      LOG.info("{}: the subscription of topic {} is confirmed", source, topic);
      return null;
    }
    String why = answer == null ? String.valueOf(failure) : "HTTP " + answer.statusCode();
    throw new CompletionException(
        RefusedPost.later("the subscription of " + topic + " could not be confirmed: " + why));
  }

  private static String root(URI endpoint) {
    String text = endpoint.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
