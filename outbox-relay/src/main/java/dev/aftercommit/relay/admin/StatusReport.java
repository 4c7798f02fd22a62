package dev.aftercommit.relay.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.supervise.Progress;
import org.postgresql.replication.LogSequenceNumber;

/** What {@code /status} shows. */
final class StatusReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String source;
    private final Progress progress;

    StatusReport(String source, Progress progress) {
        this.source = source;
        this.progress = progress;
    }

    String json() {
        Progress.Phase phase = progress.phase();
        ObjectNode status = JSON.createObjectNode();
        status.put("source", source);
        status.put("stream", Subject.streamOf(source));
        status.put("state", phase.state().word());
        status.put("since", phase.since().toString());
        if (phase.reason() != null) {
            status.put("error", phase.reason().code().label());
            status.put("reason", phase.reason().getMessage());
        }
        status.put("epoch", progress.epoch());
        status.put(
                "lastPosition",
                progress.lastPosition() == null ? null : progress.lastPosition().toString());
        status.put("stored", progress.stored());
        status.put("inFlight", progress.inFlight());
        status.put("skipped", progress.skipped());
        status.put("runs", progress.runs());
        status.put(
                "confirmedLsn",
                progress.confirmedLsn() == 0
                        ? null
                        : LogSequenceNumber.valueOf(progress.confirmedLsn()).asString());
        SlotState slot = progress.slot();
        if (slot != null) {
            status.put("slotLagBytes", slot.wal().lagBytes());
            status.put("slotRetainedWalBytes", slot.wal().retainedBytes());
            status.put("slotWalStatus", slot.wal().status());
        }
        status.put("parked", progress.parked());
        ObjectNode incidents = status.putObject("incidents");
        progress.incidents().forEach(incidents::put);
        return status.toPrettyString() + "\n";
    }
}
