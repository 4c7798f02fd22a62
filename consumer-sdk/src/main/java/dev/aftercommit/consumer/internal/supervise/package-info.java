/** A running consumer as a whole. */
@NullMarked
package dev.aftercommit.consumer.internal.supervise;

import org.jspecify.annotations.NullMarked;
