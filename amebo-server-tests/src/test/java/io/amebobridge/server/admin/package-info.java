@NullMarked
package io.amebobridge.server.admin;

import org.jspecify.annotations.NullMarked;
