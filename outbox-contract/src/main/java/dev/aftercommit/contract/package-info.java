/**
 * What the producer, the relay and the consumers agree on: the event model, message headers, the subject grammar,
 * partitions, the position and the codec. No I/O happens here.
 */
@NullMarked
package dev.aftercommit.contract;

import org.jspecify.annotations.NullMarked;
