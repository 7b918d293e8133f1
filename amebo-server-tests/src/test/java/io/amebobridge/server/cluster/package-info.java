@NullMarked
package io.amebobridge.server.cluster;

import org.jspecify.annotations.NullMarked;
