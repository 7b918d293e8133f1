@NullMarked
package io.amebobridge.server;

import org.jspecify.annotations.NullMarked;
