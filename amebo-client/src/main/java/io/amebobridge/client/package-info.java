/**
 * The Amebo wire: applications, actions, events, subscriptions, the {@link
 * io.amebobridge.client.AmeboApi} that publishes and queries them, and the verification of webhook
 * signatures. A Java service depends on this module alone.
 */
@NullMarked
package io.amebobridge.client;

import org.jspecify.annotations.NullMarked;
