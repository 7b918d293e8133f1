@NullMarked
package io.amebobridge.server.delivery;

import org.jspecify.annotations.NullMarked;
