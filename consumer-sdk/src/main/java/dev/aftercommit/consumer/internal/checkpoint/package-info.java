/** How far a partition has come, where that is in the stream, and what it means when the two disagree. */
@NullMarked
package dev.aftercommit.consumer.internal.checkpoint;

import org.jspecify.annotations.NullMarked;
