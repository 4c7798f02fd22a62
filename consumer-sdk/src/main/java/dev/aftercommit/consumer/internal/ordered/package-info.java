/** A partition from its checkpoint on, one event behind the other. */
@NullMarked
package dev.aftercommit.consumer.internal.ordered;

import org.jspecify.annotations.NullMarked;
