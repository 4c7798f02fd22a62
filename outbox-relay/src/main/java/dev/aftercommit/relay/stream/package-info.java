/** The stream: made, checked, and its end read. */
@NullMarked
package dev.aftercommit.relay.stream;

import org.jspecify.annotations.NullMarked;
