/**
 * The Kafka adapter; only {@link io.amebobridge.kafka.KafkaConnector} is public.
 *
 * <p>One consumer of a group, on the pump's thread. Where it starts is decided once, on the first
 * start, for all partitions there are, and committed at once ({@code FirstStart}); from then on the
 * group's committed offsets are the truth, and a partition without one appeared later and is read
 * from its beginning ({@code Placement}). Nothing is ever skipped silently: offsets that retention
 * removed, and topics that were deleted and made again, stop the source unless the config says
 * {@code lostOffsets: continue}, and then it says how many.
 */
@NullMarked
package io.amebobridge.kafka;

import org.jspecify.annotations.NullMarked;
