/** Tells those who listen. */
@NullMarked
package dev.aftercommit.consumer.internal.observe;

import org.jspecify.annotations.NullMarked;
