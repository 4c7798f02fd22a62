/** What drivers and servers say, in words of ours. */
@NullMarked
package dev.aftercommit.relay.failure;

import org.jspecify.annotations.NullMarked;
