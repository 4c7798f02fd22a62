/** Comparing events with rows of the outbox. */
@NullMarked
package dev.aftercommit.testkit.internal.emitted;

import org.jspecify.annotations.NullMarked;
