/** What the kit is made of; may change with any release. */
@NullMarked
package dev.aftercommit.testkit.internal;

import org.jspecify.annotations.NullMarked;
