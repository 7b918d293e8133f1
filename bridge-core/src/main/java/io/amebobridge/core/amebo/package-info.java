/** The sink that publishes to an Amebo server, ours or an upstream one. */
@NullMarked
package io.amebobridge.core.amebo;

import org.jspecify.annotations.NullMarked;
