/** Events that are held back: one whose handler failed, and behind it the later ones of its aggregate. */
@NullMarked
package dev.aftercommit.consumer.internal.parking;

import org.jspecify.annotations.NullMarked;
