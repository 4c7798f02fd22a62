/** What {@code HandlerFuzz} plays. */
@NullMarked
package dev.aftercommit.testkit.internal.fuzz;

import org.jspecify.annotations.NullMarked;
