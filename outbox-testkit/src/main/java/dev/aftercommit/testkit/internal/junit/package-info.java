/** The extension behind {@code @OutboxTest}. */
@NullMarked
package dev.aftercommit.testkit.internal.junit;

import org.jspecify.annotations.NullMarked;
