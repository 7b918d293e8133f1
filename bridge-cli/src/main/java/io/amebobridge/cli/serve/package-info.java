/**
 * How a server is configured: one table of options, read from the command line, the environment and
 * amebo.json, which also gives the help, the documentation and the editors' schema.
 */
@NullMarked
package io.amebobridge.cli.serve;

import org.jspecify.annotations.NullMarked;
