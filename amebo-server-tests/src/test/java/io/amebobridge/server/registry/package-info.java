@NullMarked
package io.amebobridge.server.registry;

import org.jspecify.annotations.NullMarked;
