/**
 * Handles a source's domain events in a service's own database: {@link dev.aftercommit.consumer.Handles} methods get
 * each event in the order of its aggregate, and their effect happens once, because the checkpoint moves in the
 * handler's own transaction.
 *
 * <p>Start at {@link dev.aftercommit.consumer.OutboxConsumer}. The public types are the API; everything else may change.
 */
@NullMarked
package dev.aftercommit.consumer;

import org.jspecify.annotations.NullMarked;
