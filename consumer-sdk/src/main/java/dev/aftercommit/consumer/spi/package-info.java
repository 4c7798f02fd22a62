/** What others implement to see a consumer at work, or to take part in the calls of its handlers. */
@NullMarked
package dev.aftercommit.consumer.spi;

import org.jspecify.annotations.NullMarked;
