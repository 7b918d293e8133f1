/** Events on their way out: one driver for each subscription, webhooks, retries. */
@NullMarked
package io.amebobridge.server.delivery;

import org.jspecify.annotations.NullMarked;
