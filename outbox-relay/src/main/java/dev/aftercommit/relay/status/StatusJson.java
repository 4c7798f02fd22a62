package dev.aftercommit.relay.status;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.relay.source.SlotState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that {@code /status} and {@code status --json} have in common. */
public final class StatusJson {
    private StatusJson() {}

    public static ObjectNode of(String source) {
        return JsonNodeFactory.instance.objectNode().put("source", source);
    }

    /**
     * The child {@code slot}.
     *
     * @param slot null when there is none, or when it was not looked at
     */
    public static ObjectNode putSlot(ObjectNode status, @Nullable SlotState slot) {
        ObjectNode node = status.putObject("slot");
        if (slot != null) {
            node.put("active", slot.active())
                    .put("lagBytes", slot.wal().lagBytes())
                    .put("retainedWalBytes", slot.wal().retainedBytes())
                    .put("walStatus", slot.wal().status());
        }
        return node;
    }

    /** The child {@code journal}. */
    public static ObjectNode putJournal(ObjectNode status, int epoch, long parked, Map<String, Long> incidents) {
        ObjectNode node = status.putObject("journal").put("epoch", epoch).put("parked", parked);
        ObjectNode counts = node.putObject("incidents");
        incidents.forEach(counts::put);
        return node;
    }

    /** The child {@code stream}. */
    public static ObjectNode putStream(ObjectNode status, String name) {
        return status.putObject("stream").put("name", name);
    }
}
