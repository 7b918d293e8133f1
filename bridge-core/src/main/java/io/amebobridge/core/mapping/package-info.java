/**
 * From a message read to the events it becomes: decode, match, map.
 *
 * <ul>
 *   <li>The first route that takes a message decides, as in a routing table: what happens to a
 *       message can be read from top to bottom, and it ends in exactly one named outcome.
 *   <li>Numbers keep their digits from body to payload. JSONata calculates in doubles; where a
 *       result would hang on a number that no double holds, the message fails rather than being
 *       rounded.
 *   <li>The same message gives the same events under the same ids, each time (rule 4); functions
 *       that give another value at each call are refused.
 *   <li>{@code $timestamp} is text in UTC with milliseconds; {@code $key} and headers are text,
 *       left out where they are no UTF-8; a header that is repeated is a list.
 *   <li>An expression may run for a configured time and to a fixed depth. A regular expression in
 *       it is not bounded: Java's engine can't be stopped.
 * </ul>
 */
@NullMarked
package io.amebobridge.core.mapping;

import org.jspecify.annotations.NullMarked;
