/** The methods that handle events: found, checked, and called in a transaction that they cannot end. */
@NullMarked
package dev.aftercommit.consumer.internal.handler;

import org.jspecify.annotations.NullMarked;
