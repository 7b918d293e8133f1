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
 * </ul>
 */
@NullMarked
package io.amebobridge.core.mapping;

import org.jspecify.annotations.NullMarked;
