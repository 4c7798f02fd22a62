/** What is done to a world: each fault is one method that draws its details and puts right what a machine would. */
@NullMarked
package dev.aftercommit.crash.fault;

import org.jspecify.annotations.NullMarked;
