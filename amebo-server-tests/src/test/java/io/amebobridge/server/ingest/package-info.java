@NullMarked
package io.amebobridge.server.ingest;

import org.jspecify.annotations.NullMarked;
