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
 * {@link dev.aftercommit.contract.EventEnvelope}. It may be private or static. It returns {@code void}, or what it emits: a record
 * with {@link dev.aftercommit.contract.DomainEvent}, or an {@link java.util.Optional}, {@link java.util.Collection} or
 * {@link java.util.stream.Stream} of them ({@link OutboxConsumerBuilder#emitter}). Also what it emits itself in its transaction
 * carries on correlation and causation id and trace context ({@link dev.aftercommit.contract.EventContext}).
 *
 * <p>It may take several events at a time, for a bulk INSERT or a batch: {@code List<AccountCreated>}, or
 * {@code List<EnvelopedEvent<AccountCreated>>} with their envelopes. The list holds, in the order of the stream, those of its
 * type and of one partition that follow each other and are there, at most 100. It is never waited for more, so that it is a
 * list of one while there is no backlog. When the method throws, all of them are rolled back and each comes again in a list of
 * one, once; what is parked and tried again does so too, or with those that wait behind it.
 *
 * <p>What it does through that transaction happens once for each event. Returning commits it, together with the checkpoint;
 * throwing anything rolls it back. It must not commit, roll back or close the transaction itself, which is refused, also as
 * SQL; where it does so on a connection that it has unwrapped, that is found before the checkpoint moves, and the event is
 * dead at once. Nested jOOQ transactions ({@code tx.transaction(...)}) are savepoints; in jOOQ's plain SQL give a time its
 * type ({@code CAST(? AS timestamptz)}), since jOOQ binds it as text. What a handler does elsewhere, such as a call to another
 * service, may happen more than once. Under backlog several events share one transaction, so an event may come again although
 * its handler had returned.
 *
 * <p>An event that it throws for comes again after a growing wait: meanwhile it is parked in the database, later events of its
 * aggregate wait behind it, and all others go on. After the last attempt, or a {@link TerminalException}, it is dead, and stays
 * there with those behind it until somebody redrives or discards it. Trouble of the consumer's own database is not an attempt;
 * that of any other database or service is.
 *
 * <p>The event is of the class's version, also when its payload was of an older one ({@link dev.aftercommit.contract.Upcasts}); the
 * envelope says which one travelled. What cannot be read is no call of the method ({@link UnreadablePolicy}).
 *
 * <p>Methods of one object are called by several threads at a time: one for each partition of the stream, and one for what is
 * parked.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Handles {
    /** The event: a record with {@link dev.aftercommit.contract.DomainEvent}. */
    Class<?> value();

    /** How often an event is tried before it is dead, the first time included. Default: the consumer's. */
    int attempts() default 0;

    /** How long an event waits between two attempts. Default: the consumer's. */
    Backoff backoff() default @Backoff;

    /** Errors, or causes of errors, after which an event is dead at once, beside those of the consumer. */
    Class<? extends Throwable>[] noRetryFor() default {};

    /** A {@linkplain dev.aftercommit.consumer.Backoff backoff} of one method, in milliseconds. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({})
    @interface Backoff {
        /** After the first attempt; at least 1. */
        long delay() default 0;

        /** The longest wait; at least {@code delay}. */
        long maxDelay() default 0;
    }
}
