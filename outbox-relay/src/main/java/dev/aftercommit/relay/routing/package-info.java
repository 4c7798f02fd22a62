/** From a change to a message. Pure. */
@NullMarked
package dev.aftercommit.relay.routing;

import org.jspecify.annotations.NullMarked;
