package io.amebobridge.server.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription's driver begins with.
 *
 * @param cursor every matching event up to it has a delivery row
 * @param rewindTo the event that an unfinished rewind goes to; null where there is none
 * @param recorded events above the cursor that have a row
 * @param open the deliveries to be made, the next due first
 * @param complete whether these are all
 * @param retrying how many are to be tried again
 * @param dead how many were given up
 */
public record Resumption(
    long cursor,
    @Nullable Long rewindTo,
    List<Long> recorded,
    List<OpenDelivery> open,
    boolean complete,
    long retrying,
    long dead) {
  /** Of a subscription that has no deliveries yet. */
  public static Resumption fresh(long cursor) {
    return new Resumption(cursor, null, List.of(), List.of(), true, 0, 0);
  }
}
