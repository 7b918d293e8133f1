/** Applications, actions and subscriptions: kept in memory, written through the one writer. */
@NullMarked
package io.amebobridge.server.registry;

import org.jspecify.annotations.NullMarked;
