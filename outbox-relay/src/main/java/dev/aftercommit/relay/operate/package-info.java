/** What a person does with an outbox: says what it would change, and does it. Prints nothing. */
@NullMarked
package dev.aftercommit.relay.operate;

import org.jspecify.annotations.NullMarked;
