/** What we claim, measured beside what a user would run instead, in one run on one machine. */
@NullMarked
package io.amebobridge.benchmarks;

import org.jspecify.annotations.NullMarked;
