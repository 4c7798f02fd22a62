/** What a consumer's database says about its events. */
@NullMarked
package dev.aftercommit.testkit.internal.inbox;

import org.jspecify.annotations.NullMarked;
