@NullMarked
package io.amebobridge.server.http;

import org.jspecify.annotations.NullMarked;
