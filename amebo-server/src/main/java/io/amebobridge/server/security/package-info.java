/** Secrets at rest, tokens, credentials, and who may do what. */
@NullMarked
package io.amebobridge.server.security;

import org.jspecify.annotations.NullMarked;
