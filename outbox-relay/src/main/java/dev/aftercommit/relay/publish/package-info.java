/** Messages into a stream, acknowledged and fenced. The only place that knows the NATS client. */
@NullMarked
package dev.aftercommit.relay.publish;

import org.jspecify.annotations.NullMarked;
