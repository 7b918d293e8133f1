/** Files that hold what must outlive a crash. */
@NullMarked
package io.amebobridge.core.files;

import org.jspecify.annotations.NullMarked;
