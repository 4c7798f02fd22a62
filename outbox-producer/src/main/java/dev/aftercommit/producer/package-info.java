/** Emits domain events in a service's own PostgreSQL transaction. {@link dev.aftercommit.producer.Outbox} is the way in. */
@NullMarked
package dev.aftercommit.producer;

import org.jspecify.annotations.NullMarked;
