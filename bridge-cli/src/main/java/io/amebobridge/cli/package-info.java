/** The amebo command: one class per verb. The only place that wires modules together. */
@NullMarked
package io.amebobridge.cli;

import org.jspecify.annotations.NullMarked;
