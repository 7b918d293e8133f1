@NullMarked
package io.amebobridge.server.security;

import org.jspecify.annotations.NullMarked;
