/** The bridge as a process: its pumps on their threads, and its HTTP port. */
@NullMarked
package io.amebobridge.core.run;

import org.jspecify.annotations.NullMarked;
