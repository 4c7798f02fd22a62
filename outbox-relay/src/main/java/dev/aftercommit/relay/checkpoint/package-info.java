/** What of the stream of changes is safely stored, and may be confirmed to the replication slot. Pure. */
@NullMarked
package dev.aftercommit.relay.checkpoint;

import org.jspecify.annotations.NullMarked;
