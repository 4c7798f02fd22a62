/** Messages into a stream, acknowledged and fenced. */
@NullMarked
package dev.aftercommit.relay.publish;

import org.jspecify.annotations.NullMarked;
