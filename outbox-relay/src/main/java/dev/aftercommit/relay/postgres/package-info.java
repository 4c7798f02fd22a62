/** PostgreSQL: connections, slot, publication, epochs, who leads, and the rows of the outbox table. */
@NullMarked
package dev.aftercommit.relay.postgres;

import org.jspecify.annotations.NullMarked;
