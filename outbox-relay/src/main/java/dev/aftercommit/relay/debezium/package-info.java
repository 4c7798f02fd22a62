/** The replication slot, read by Debezium. The only place that knows Debezium. */
@NullMarked
package dev.aftercommit.relay.debezium;

import org.jspecify.annotations.NullMarked;
