/** Where changes come from: the replication slot, by Debezium, and the outbox table. The only place that knows Debezium. */
@NullMarked
package dev.aftercommit.relay.capture;

import org.jspecify.annotations.NullMarked;
