@NullMarked
package io.amebobridge.cli.serve;

import org.jspecify.annotations.NullMarked;
