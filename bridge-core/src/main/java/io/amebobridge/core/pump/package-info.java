/**
 * The pump: one thread that owns a source, routes what it reads, sends it by lane and settles what
 * is finished. {@link io.amebobridge.core.pump.Pump} is the duty cycle, {@link
 * io.amebobridge.core.pump.RunPump} its life.
 */
@NullMarked
package io.amebobridge.core.pump;

import org.jspecify.annotations.NullMarked;
