package dev.aftercommit.consumer;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method that handles one type of event.
 *
 * <pre>{@code
 * @Handles(AccountCreated.class)
 * void on(AccountCreated event, DSLContext tx, EventEnvelope envelope) { ... }
 * }</pre>
 *
 * <p>The method takes, in any order, the event, and if it wants to the transaction, as one of
 * {@link java.sql.Connection}, {@link org.jooq.DSLContext} and {@link org.jooq.Configuration}, and the
 * {@link dev.aftercommit.contract.EventEnvelope}. It returns {@code void}; it may be private or static.
 *
 * <p>What it does through that transaction happens once for each event. It must not commit, roll back or close the
 * transaction: returning commits it, together with the checkpoint, and throwing anything rolls it back, after which the
 * same event comes again after a growing wait. While it waits, the other events of its partition wait behind it. Under
 * backlog several events share one transaction, so an event may come again although its handler had returned. Nested
 * jOOQ transactions ({@code tx.transaction(...)}) are savepoints; in jOOQ's plain SQL give a time its type
 * ({@code CAST(? AS timestamptz)}), since jOOQ binds it as text. What it does elsewhere, such as a call to another
 * service, may happen more than once.
 *
 * <p>Methods of one object are called by several threads at a time, one for each partition of the stream.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Handles {
    /** The event: a record with {@link dev.aftercommit.contract.DomainEvent}. */
    Class<?> value();
}
