package dev.aftercommit.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the record component that identifies the aggregate. Its {@code toString()} is the ordering key: events of one
 * aggregate are handled in the order in which they were committed. 1 to 255 bytes of UTF-8.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.METHOD})
public @interface AggregateId {}
