package dev.aftercommit.consumer.internal.stream;

import io.nats.client.api.ConsumerInfo;

/**
 * How far all instances of a parallel consumer have come, as JetStream counts.
 *
 * @param settledUpTo every message up to this sequence was acknowledged, or is gone from the stream
 * @param left messages that were not acknowledged, given to somebody or not
 * @param waiting of them those that were not given to anybody yet
 */
public record SharedProgress(long settledUpTo, long left, long waiting) {
    static SharedProgress of(ConsumerInfo info) {
        return new SharedProgress(
                info.getAckFloor().getStreamSequence(),
                info.getNumPending() + info.getNumAckPending(),
                info.getNumPending());
    }
}
