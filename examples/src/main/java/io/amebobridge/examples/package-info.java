/** How a Java service uses Amebo: publishes events, and takes webhooks. */
@NullMarked
package io.amebobridge.examples;

import org.jspecify.annotations.NullMarked;
