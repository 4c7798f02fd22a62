/** What {@code make bench} runs and prints. */
@NullMarked
package dev.aftercommit.benchmarks;

import org.jspecify.annotations.NullMarked;
