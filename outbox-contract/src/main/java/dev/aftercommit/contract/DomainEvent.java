package dev.aftercommit.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record as a domain event and names it for the other services. The names are part of the contract with them;
 * the Java class may be renamed or moved freely.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface DomainEvent {
    /** The kind of thing the event is about, such as {@code account}: letters, digits, {@code _} and {@code -}. */
    String aggregateType();

    /** The event type, such as {@code AccountCreated}: 1 to 255 bytes of UTF-8. */
    String type();

    /**
     * The version of the payload's shape, from 1. Defaults to 1. Raise it when a payload of before cannot be read as the record
     * any more, or would mean something else, and say with {@link Upcasts} how it is made a new one. A property that is only
     * added needs no new version, where the record can do without it.
     */
    int version() default 1;
}
