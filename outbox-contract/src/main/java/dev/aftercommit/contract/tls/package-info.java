/** How relay and consumers know that NATS is who it says it is. For their use, not for applications. */
@NullMarked
package dev.aftercommit.contract.tls;

import org.jspecify.annotations.NullMarked;
