/** Events on their way in: parsed, authorised, validated, then appended. */
@NullMarked
package io.amebobridge.server.ingest;

import org.jspecify.annotations.NullMarked;
