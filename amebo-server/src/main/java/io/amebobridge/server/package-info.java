/**
 * The embedded Amebo server: {@link io.amebobridge.server.AmeboServer} is its door, everything else
 * is behind it.
 *
 * <p>Events are the log; a subscription is a cursor over it; a delivery row is written only for
 * what has happened.
 */
@NullMarked
package io.amebobridge.server;

import org.jspecify.annotations.NullMarked;
