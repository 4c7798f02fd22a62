/** One transaction: the handlers of some events, and the checkpoint behind them. */
@NullMarked
package dev.aftercommit.consumer.internal.attempt;

import org.jspecify.annotations.NullMarked;
