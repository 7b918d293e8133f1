package io.amebobridge.core.amebo;

import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboException;
import io.amebobridge.client.ServerStatus;
import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SinkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes messages as events: in batches to our server, singly to an upstream one. A message's
 * address is the action, its id the deduper.
 *
 * <p>Whatever keeps the server from answering becomes a result per message, with the server's
 * Retry-After, so that a batch sent in parts loses none of what is already known. A stage fails
 * only for what nobody foresaw.
 *
 * <p>Thread-safe once open. It does not close the {@link AmeboApi}: whoever made that does.
 */
public final class AmeboSink implements MessageSink {
  private static final Logger LOG = LoggerFactory.getLogger(AmeboSink.class);

  private final AmeboApi api;
  private final AmeboSinkSettings settings;
  private volatile @Nullable Mode mode;

  /** What open found out. */
  private record Mode(Outgoing outgoing, Sender sender) {}

  /** Sends what could be turned into events; null in the results is what it fills. */
  interface Sender {
    CompletableFuture<Void> send(List<Outgoing.Item> items, Results results);
  }

  public AmeboSink(AmeboApi api, AmeboSinkSettings settings) {
    this.api = api;
    this.settings = settings;
  }

  @Override
  public void open() throws SinkException, InterruptedException {
    try {
      ServerStatus status = api.status();
      api.checkCredentials();
      mode = mode(status);
    } catch (AmeboException.Unavailable | AmeboException.OutcomeUnknown e) {
      throw SinkException.temporary("Amebo can't be reached: " + e.getMessage(), e);
    } catch (AmeboException.Denied e) {
      throw SinkException.permanent(
          "Amebo does not accept the application " + settings.application() + ": " + e.getMessage(),
          e);
    } catch (AmeboException e) {
      throw SinkException.permanent("Amebo can't be used: " + e.getMessage(), e);
    }
  }

  private Mode mode(ServerStatus status) {
    boolean upstream = status.kind() == ServerStatus.Kind.UPSTREAM;
    if (upstream) {
      LOG.info(
          "Publishing as {} to an upstream Amebo server: single events, {} at a time",
          settings.application(),
          settings.singleConcurrency());
    } else {
      LOG.info(
          "Publishing as {} to amebo-bridge's server {}: batches of up to {} events",
          settings.application(),
          status.version(),
          settings.maxBatchMessages());
    }
    return new Mode(
        new Outgoing(status.maxPayloadBytes(), upstream),
        upstream
            ? new SingleSender(api, settings.singleConcurrency())
            : new BatchSender(api, settings));
  }

  @Override
  public CompletionStage<List<SendResult>> send(List<Message> batch) {
    Mode open = mode;
    if (open == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("the sink is not open"));
    }
    Results results = new Results(batch.size());
    List<Outgoing.Item> items = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      String unfit = open.outgoing.unfit(batch.get(i));
      if (unfit != null) results.set(i, SendResult.rejected(unfit));
      else items.add(open.outgoing.item(i, batch.get(i)));
    }
    return open.sender.send(items, results).thenApply(done -> results.all());
  }

  @Override
  public void close() {
    mode = null;
  }

  @Override
  public String toString() {
    return "AmeboSink[" + settings.application() + "]";
  }

  /** One slot per message. Each is written once, before the stage that publishes them completes. */
  static final class Results {
    private final @Nullable SendResult[] slots;

    Results(int size) {
      slots = new SendResult[size];
    }

    void set(int index, SendResult result) {
      slots[index] = result;
    }

    void setAll(List<Outgoing.Item> items, SendResult result) {
      for (Outgoing.Item item : items) slots[item.index()] = result;
    }

    List<SendResult> all() {
      // Refuses nulls, which would be a message without a result.
      return List.copyOf(Arrays.asList(slots));
    }
  }
}
