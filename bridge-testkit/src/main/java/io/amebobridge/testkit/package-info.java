/** The contract every adapter must pass, broker fixtures, fakes, a manual clock. */
@NullMarked
package io.amebobridge.testkit;

import org.jspecify.annotations.NullMarked;
