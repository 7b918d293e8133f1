/** Where messages go that can't be mapped or are rejected for good, and how they come back. */
@NullMarked
package io.amebobridge.core.deadletter;

import org.jspecify.annotations.NullMarked;
