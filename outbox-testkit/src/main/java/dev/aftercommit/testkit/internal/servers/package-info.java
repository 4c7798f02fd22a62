/** The servers that tests share, and databases on them. */
@NullMarked
package dev.aftercommit.testkit.internal.servers;

import org.jspecify.annotations.NullMarked;
