/** Services that write: transactions of every kind that PostgreSQL has, through the loss of their database. */
@NullMarked
package dev.aftercommit.crash.load;

import org.jspecify.annotations.NullMarked;
