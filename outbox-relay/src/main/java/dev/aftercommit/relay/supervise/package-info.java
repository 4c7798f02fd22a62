/** One run of the relay after another: who leads, what to do when a server is lost, when to stop. */
@NullMarked
package dev.aftercommit.relay.supervise;

import org.jspecify.annotations.NullMarked;
