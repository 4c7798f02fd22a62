/** What the leader does beside publishing: one chore a file. */
@NullMarked
package dev.aftercommit.relay.upkeep;

import org.jspecify.annotations.NullMarked;
