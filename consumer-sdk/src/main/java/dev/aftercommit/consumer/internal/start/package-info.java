/** Where a consumer starts on request: when it is new, or when somebody resets it. */
@NullMarked
package dev.aftercommit.consumer.internal.start;

import org.jspecify.annotations.NullMarked;
