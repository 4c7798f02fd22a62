/** What a round plays in: real PostgreSQL, real nats-server, relays as users run them, and the ways between them. */
@NullMarked
package dev.aftercommit.crash.world;

import org.jspecify.annotations.NullMarked;
