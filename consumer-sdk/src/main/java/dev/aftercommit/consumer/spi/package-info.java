/** What others implement: to carry the transactions of handlers, to take part in their calls, to see a consumer at work. */
@NullMarked
package dev.aftercommit.consumer.spi;

import org.jspecify.annotations.NullMarked;
