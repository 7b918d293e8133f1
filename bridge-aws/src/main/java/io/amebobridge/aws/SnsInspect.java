package io.amebobridge.aws;

import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.Subscription;
import tools.jackson.databind.json.JsonMapper;

/** Looks whether SNS could post here, and whether it is to; subscribes and confirms nothing. */
final class SnsInspect {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final int MOST_PAGES = 100;

  /** Some forty minutes of attempts; SNS's own is one minute, and then the message is gone. */
  private static final String DELIVERY_POLICY =
      "{\"healthyRetryPolicy\":{\"minDelayTarget\":1,\"maxDelayTarget\":60,\"numRetries\":50,"
          + "\"numMinDelayRetries\":5,\"numMaxDelayRetries\":35,"
          + "\"backoffFunction\":\"exponential\"}}";

  private final SnsSettings settings;
  private final List<String> facts = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  SnsInspect(SnsSettings settings) {
    this.settings = settings;
  }

  Inspection look(int samples) throws SourceException, InterruptedException {
    files();
    port();
    facts.add("SNS is to post to " + url() + "; subscriptions are " + confirmed());
    for (TopicArn topic : settings.topics().values()) look(topic);
    if (settings.certificate() != null) {
      warnings.add(SnsSource.localWarning(settings.certificate()));
    } else if (settings.access().endpoint() != null) {
      warnings.add(
          "sns.endpoint is given without certificate.file: only what SNS itself signs is taken");
    }
    if (samples > 0) warnings.add("no samples: SNS posts a message, nobody can ask for it");
    return new Inspection(List.copyOf(facts), List.copyOf(warnings), List.of());
  }

  private void files() throws SourceException {
    if (settings.certificate() != null) SnsSource.read(settings, settings.certificate());
    SnsSettings.Tls tls = settings.tls();
    if (tls == null) return;
    for (var file : List.of(tls.certificate(), tls.key())) {
      if (!Files.isReadable(file)) {
        throw SourceException.permanent(
            settings.place() + ".tls: " + file + " can't be read", null);
      }
    }
  }

  private String confirmed() {
    return settings.confirm() ? "confirmed by the bridge" : "not confirmed (confirm: false)";
  }

  /** Free, or a running bridge has it. */
  private void port() throws SourceException, InterruptedException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()));
      facts.add(settings.listen() + " is free");
    } catch (IOException taken) {
      if (!isABridge()) {
        throw SourceException.permanent(
            "%s.listen: %s can't be had: %s"
                .formatted(settings.place(), settings.listen(), taken.getMessage()),
            taken);
      }
      facts.add(settings.listen() + " has a running bridge");
    }
  }

  /** By the Server header alone, so whose certificate it has does not matter. */
  private boolean isABridge() throws InterruptedException {
    try {
      InetAddress bound = InetAddress.getByName(settings.host());
      String host = bound.isAnyLocalAddress() ? "localhost" : bound.getHostAddress();
      String scheme = settings.tls() == null ? "http" : "https";
      URI here = new URI(scheme, null, host, settings.port(), settings.path(), null, null);
      HttpRequest ask = HttpRequest.newBuilder(here).timeout(Duration.ofSeconds(3)).build();
      return AskAnyone.client()
          .send(ask, HttpResponse.BodyHandlers.discarding())
          .headers()
          .firstValue("server")
          .filter(SnsDoor.SERVER::equals)
          .isPresent();
    } catch (IOException | java.net.URISyntaxException e) {
      return false;
    }
  }

  private String url() {
    if (settings.url() != null) return shown(settings.url());
    String scheme = settings.tls() == null ? "http" : "https";
    return scheme + "://<this host>:" + settings.port() + settings.path();
  }

  /** SNS allows a name and password in it. */
  private static String shown(URI url) {
    return url.getRawUserInfo() == null
        ? url.toString()
        : url.toString().replace(url.getRawUserInfo(), "***");
  }

  private void look(TopicArn topic) throws SourceException {
    AwsAccess access = settings.access();
    AwsAccess there =
        new AwsAccess(
            access.place(),
            topic.region(),
            access.endpoint(),
            access.profile(),
            access.keys(),
            access.role());
    try (AwsClients clients = new AwsClients(there, 2, ANSWER_LIMIT)) {
      SnsClient sns = clients.sns();
      List<Subscription> found = subscriptions(sns, topic);
      for (Subscription each : found) look(sns, topic, each);
      if (found.isEmpty()) {
        warnings.add("topic " + topic.name() + " is not subscribed here; " + command(topic));
      }
    } catch (SdkException e) {
      warnings.add(
          "topic %s: its subscriptions can't be seen (%s); unless there is one, %s"
              .formatted(topic.name(), e.getClass().getSimpleName(), command(topic)));
    }
  }

  private List<Subscription> subscriptions(SnsClient sns, TopicArn topic) {
    return sns.listSubscriptionsByTopicPaginator(l -> l.topicArn(topic.toString())).stream()
        .limit(MOST_PAGES)
        .flatMap(page -> page.subscriptions().stream())
        .filter(s -> s.protocol().startsWith("http") && isHere(s.endpoint()))
        .toList();
  }

  private boolean isHere(String endpoint) {
    if (settings.url() != null) return endpoint.equals(settings.url().toString());
    try {
      return settings.path().equals(URI.create(endpoint).getPath());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void look(SnsClient sns, TopicArn topic, Subscription subscription) {
    String arn = subscription.subscriptionArn();
    String where = shown(URI.create(subscription.endpoint()));
    if (!arn.startsWith("arn:")) {
      warnings.add(
          "topic %s: the subscription of %s is not confirmed".formatted(topic.name(), where));
      return;
    }
    facts.add("topic %s is subscribed for %s (%s)".formatted(topic.name(), where, arn));
    Map<String, String> attributes =
        sns.getSubscriptionAttributes(s -> s.subscriptionArn(arn)).attributes();
    if ("true".equals(attributes.get("RawMessageDelivery"))) {
      warnings.add(arn + " delivers raw, without a signature: that is refused; turn it off");
    }
    if (!attributes.containsKey("RedrivePolicy")) {
      warnings.add(arn + " has no RedrivePolicy: what SNS gives up is gone; give it a queue");
    }
    if (!attributes.containsKey("DeliveryPolicy")) {
      warnings.add(
          arn
              + " has no DeliveryPolicy: SNS gives a message up after about a minute; set "
              + DELIVERY_POLICY);
    }
    if (attributes.containsKey("FilterPolicy")) {
      facts.add(arn + " has a filter policy: only what it lets through comes");
    }
  }

  private String command(TopicArn topic) {
    String protocol = url().startsWith("https") ? "https" : "http";
    String attributes =
        JsonMapper.shared().writeValueAsString(Map.of("DeliveryPolicy", DELIVERY_POLICY));
    return "subscribe it, while the bridge runs, by: aws sns subscribe --region %s --topic-arn %s --protocol %s --notification-endpoint %s --attributes '%s'"
        .formatted(topic.region(), topic, protocol, url(), attributes);
  }
}
