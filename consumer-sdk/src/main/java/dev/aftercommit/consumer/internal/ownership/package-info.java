/** Which partitions this instance handles. */
@NullMarked
package dev.aftercommit.consumer.internal.ownership;

import org.jspecify.annotations.NullMarked;
