/** Looks whether PostgreSQL and NATS are set up so that the relay can work with them. Changes nothing. */
@NullMarked
package dev.aftercommit.relay.preflight;

import org.jspecify.annotations.NullMarked;
