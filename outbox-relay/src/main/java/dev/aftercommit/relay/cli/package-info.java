/** The command line. */
@NullMarked
package dev.aftercommit.relay.cli;

import org.jspecify.annotations.NullMarked;
