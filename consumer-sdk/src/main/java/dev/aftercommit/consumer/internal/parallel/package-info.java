/** Each event by itself, many at a time, on the instances that are free. */
@NullMarked
package dev.aftercommit.consumer.internal.parallel;

import org.jspecify.annotations.NullMarked;
