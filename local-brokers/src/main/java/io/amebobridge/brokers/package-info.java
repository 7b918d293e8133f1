/** Real brokers as processes of this machine, and a relay that breaks connections to them. */
@NullMarked
package io.amebobridge.brokers;

import org.jspecify.annotations.NullMarked;
