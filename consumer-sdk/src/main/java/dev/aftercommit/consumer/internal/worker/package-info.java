/** What ordered and parallel reading have in common: a thread that begins again after whatever went wrong. */
@NullMarked
package dev.aftercommit.consumer.internal.worker;

import org.jspecify.annotations.NullMarked;
