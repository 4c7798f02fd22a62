package dev.aftercommit.consumer.opentelemetry;

import dev.aftercommit.consumer.spi.HandlerCall;
import dev.aftercommit.contract.EventEnvelope;
import java.util.HashMap;
import java.util.Map;

/** The names of OpenTelemetry's conventions for messaging (1.44, not yet stable there), in one place. */
final class Attributes {
    static final String ERROR_TYPE = "error.type";

    private static final String CORRELATION = "correlationid";

    private Attributes() {}

    /** What is known before the call, so that samplers can go by it. */
    static Map<String, String> of(HandlerCall call) {
        EventEnvelope first = call.events().getFirst();
        Map<String, String> attributes = new HashMap<>();
        attributes.put("messaging.system", "nats");
        attributes.put("messaging.operation.name", "process");
        attributes.put("messaging.operation.type", "process");
        attributes.put("messaging.consumer.group.name", call.consumer());
        attributes.put("messaging.destination.partition.id", String.format("%02d", first.partition()));
        if (call.events().size() == 1) {
            attributes.put("messaging.destination.name", first.subject().toString());
            attributes.put("messaging.message.id", first.eventId().toString());
            String correlation = first.headers().get(CORRELATION);
            if (correlation != null) {
                attributes.put("messaging.message.conversation_id", correlation);
            }
        }
        return attributes;
    }
}
