/**
 * The mapping config: one YAML file, read into records that refuse. All that is wrong is reported
 * together, each as {@code file:line:column: path: what, got value, allowed}.
 */
@NullMarked
package io.amebobridge.core.config;

import org.jspecify.annotations.NullMarked;
