@NullMarked
package io.amebobridge.server.retention;

import org.jspecify.annotations.NullMarked;
