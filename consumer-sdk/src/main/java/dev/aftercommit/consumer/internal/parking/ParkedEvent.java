package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.consumer.internal.handler.EncodedEvent;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.MessageHeaders;
import dev.aftercommit.contract.Subject;
import java.util.Map;

/**
 * The first event of a queue, whose turn it is.
 *
 * @param id of its row
 * @param attempts that have failed
 * @param transaction in which it was taken
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record ParkedEvent(
        long id,
        Aggregate aggregate,
        Subject subject,
        long sequence,
        Map<String, String> headers,
        byte[] payload,
        int attempts,
        String transaction) {

    EventEnvelope envelope() {
        return MessageHeaders.read(subject.toString(), headers);
    }

    EncodedEvent encoded() {
        return new EncodedEvent(envelope(), payload);
    }
}
