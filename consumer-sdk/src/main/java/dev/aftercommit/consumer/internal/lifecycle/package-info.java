/** How threads are told to stop, and how they wait. */
@NullMarked
package dev.aftercommit.consumer.internal.lifecycle;

import org.jspecify.annotations.NullMarked;
