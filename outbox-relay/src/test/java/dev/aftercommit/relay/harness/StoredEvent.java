package dev.aftercommit.relay.harness;

import dev.aftercommit.contract.OutboxPosition;
import java.util.List;
import java.util.Map;

/** A message as a raw client finds it in the stream. */
public record StoredEvent(long sequence, String subject, Map<String, List<String>> headers, String body) {
    public String header(String name) {
        List<String> values = headers.get(name);
        return values == null ? null : values.getFirst();
    }

    public String id() {
        return header("ce-id");
    }

    public OutboxPosition position() {
        return OutboxPosition.parse(header("Outbox-Position"));
    }
}
