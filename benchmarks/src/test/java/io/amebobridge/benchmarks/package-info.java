@NullMarked
package io.amebobridge.benchmarks;

import org.jspecify.annotations.NullMarked;
