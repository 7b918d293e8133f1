package io.amebobridge.testkit;

import io.amebobridge.core.Header;
import io.amebobridge.core.MessageSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter gives to {@link MessageSourceContract}: a place of its own on a real broker. Made
 * anew for each test. Used by one thread.
 */
public interface SourceHarness extends AutoCloseable {
  /** A message to be published; arrays may be null as the broker allows. */
  record Outgoing(byte @Nullable [] key, byte @Nullable [] body, List<Header> headers) {}

  /**
   * At least two lanes, named as {@code Delivery.lane()} will name them, or as the message's
   * address where there are no lanes; empty at the start.
   */
  List<String> lanes();

  /** Publishes in this order; on return the broker has them durably. */
  void publish(String lane, List<Outgoing> messages) throws Exception;

  /**
   * A new source, not yet open, that reads all of {@link #lanes()} from the beginning and shares
   * the work with the other sources of this harness. Holds at least 100 unsettled messages.
   */
  MessageSource newSource() throws Exception;

  /** How many messages of a lane are handed out before the first of them is settled. */
  default int unsettledPerLane() {
    return 100;
  }

  /** As if the power had failed. */
  void killBroker() throws Exception;

  /** With the data it had. */
  void startBroker() throws Exception;

  /** How long a source may be silent before the broker gives its work to another. */
  Duration lease();

  /** A body that the adapter can't parse, or as near to it as this broker comes. */
  byte[] poison();

  /** What must not be in any text; null where nothing is configured that is secret. */
  @Nullable String secret();

  /** What this adapter can't do, with the reason. */
  default Map<SourceGuarantee, String> unsupported() {
    return Map.of();
  }

  @Override
  void close();
}
