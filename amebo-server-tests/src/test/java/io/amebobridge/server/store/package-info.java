@NullMarked
package io.amebobridge.server.store;

import org.jspecify.annotations.NullMarked;
