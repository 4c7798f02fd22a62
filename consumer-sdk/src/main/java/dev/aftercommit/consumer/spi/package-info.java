/** What services and frameworks may implement so that a consumer fits in with theirs. */
@NullMarked
package dev.aftercommit.consumer.spi;

import org.jspecify.annotations.NullMarked;
