package io.amebobridge.aws;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what SNS posts. Keeps nothing: SNS keeps a message until its post was answered with 200,
 * which it is once the message is settled. Confined to the pump's thread, except {@link #wakeup()}.
 * What is settled is answered at once.
 */
final class SnsSource implements MessageSource {
  private static final Logger LOG = LoggerFactory.getLogger(SnsSource.class);

  private final SnsSettings settings;
  private final Supplier<HttpClient> http;
  private final SnsDoor.Patience patience;
  private final TopicTroubles troubles;
  private final SnsInbox inbox;
  private @Nullable SnsDoor door;

  SnsSource(SnsSettings settings) {
    this(settings, FetchedCertificates::client, SnsDoor.Patience.USUAL);
  }

  SnsSource(SnsSettings settings, Supplier<HttpClient> http, SnsDoor.Patience patience) {
    this.settings = settings;
    this.patience = patience;
    this.http = http;
    troubles = new TopicTroubles(settings.name());
    inbox = new SnsInbox(settings.maxUnsettled(), settings.maxUnsettledBytes());
  }

  SnsSettings settings() {
    return settings;
  }

  @Override
  public void open() throws SourceException, InterruptedException {
    if (door != null) throw new IllegalStateException("open already");
    HttpClient client = http.get();
    InstantSource clock = InstantSource.system();
    Path own = settings.certificate();
    @Nullable SigningCertificates pinned =
        own == null ? null : SigningCertificates.pinned(read(settings, own), clock);
    Supplier<SigningCertificates> certificates =
        () -> pinned == null ? new FetchedCertificates(client, clock) : pinned;
    if (own != null) LOG.warn("{}: {}", settings.name(), localWarning(own));
    ConfirmTopic confirm = new ConfirmTopic(settings.name(), settings.access().endpoint(), client);
    ReceivePost receive = new ReceivePost(settings, certificates, confirm, inbox, troubles, clock);
    SnsDoor opening = new SnsDoor(settings, patience, inbox, receive);
    opening.open();
    door = opening;
  }

  static String localWarning(Path file) {
    return "messages are taken that are signed for the certificate in "
        + file
        + ", and none that SNS itself signs: this is for a local server only";
  }

  static X509Certificate read(SnsSettings settings, Path file) throws SourceException {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (IOException | CertificateException e) {
      throw SourceException.permanent(
          settings.place() + ".certificate.file: " + file + " can't be read: " + e, e);
    }
  }

  @Override
  public List<Delivery> poll(int max, Duration maxWait) throws InterruptedException {
    requireOpen();
    if (max <= 0) return List.of();
    List<Pushed> taken = inbox.take(max);
    if (taken.isEmpty()) {
      inbox.await(maxWait.toNanos());
      taken = inbox.take(max);
    }
    return taken.stream().map(p -> new Delivery(p.message, p)).toList();
  }

  /** Also where its post was given up: SNS's next attempt finds it here, or settled. */
  @Override
  public boolean owns(Delivery delivery) {
    return inbox.has(pushed(delivery));
  }

  @Override
  public void settle(Collection<Delivery> finished) {
    finished.forEach(d -> inbox.settle(pushed(d)));
  }

  private static Pushed pushed(Delivery delivery) {
    if (delivery.receipt() instanceof Pushed pushed) return pushed;
    throw new IllegalArgumentException("not a delivery of SNS: " + delivery.message());
  }

  @Override
  public void wakeup() {
    inbox.wake();
  }

  /**
   * One for each topic, though there is no order: for {@code /status}, which shows the trouble of a
   * topic. It is no reason not to be ready, since what ends it is a message that comes here.
   */
  @Override
  public List<LaneStatus> lanes() {
    return settings.topics().values().stream().map(this::lane).toList();
  }

  private LaneStatus lane(TopicArn topic) {
    String why = troubles.why(topic);
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("topic", topic.toString());
    if (why != null) labels.put("trouble", why);
    return new LaneStatus(topic.name(), -1, -1, -1, labels, null);
  }

  @Override
  public void close() {
    SnsDoor closing = door;
    if (closing == null) return;
    door = null;
    inbox.close();
    closing.close();
  }

  private void requireOpen() {
    if (door == null) throw new IllegalStateException("not open: " + this);
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
