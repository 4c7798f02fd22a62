/** What must exist in PostgreSQL before the relay can run: publication, replication slot, epoch. */
@NullMarked
package dev.aftercommit.relay.provision;

import org.jspecify.annotations.NullMarked;
