/** Removes events that were kept long enough and owe nothing to anyone. */
@NullMarked
package io.amebobridge.server.retention;

import org.jspecify.annotations.NullMarked;
