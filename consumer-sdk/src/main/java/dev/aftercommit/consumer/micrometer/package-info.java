/** A consumer's metrics for those who have Micrometer; nothing else needs it. */
@NullMarked
package dev.aftercommit.consumer.micrometer;

import org.jspecify.annotations.NullMarked;
