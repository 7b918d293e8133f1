/**
 * The demo: a real broker, the Amebo server, a receiver and the bridge, with a kill -9 half-way and
 * a verdict. Its parts serve the end-to-end tests too.
 */
@NullMarked
package io.amebobridge.cli.demo;

import org.jspecify.annotations.NullMarked;
