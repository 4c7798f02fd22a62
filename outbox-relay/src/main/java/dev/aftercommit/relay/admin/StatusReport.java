package dev.aftercommit.relay.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.status.RelayStatus;
import dev.aftercommit.relay.status.StatusJson;
import org.postgresql.replication.LogSequenceNumber;

/** What {@code /status} shows. */
final class StatusReport {
    private StatusReport() {}

    static String json(String source, RelayStatus status) {
        ObjectNode node = StatusJson.of(source);
        RelayStatus.Phase phase = status.phase();
        node.put("state", phase.state().word());
        node.put("since", phase.since().toString());
        if (phase.reason() != null) {
            node.put("error", phase.reason().code().label());
            node.put("reason", phase.reason().getMessage());
        }
        if (status.stuck() != null) {
            node.put("stuck", status.stuck().part());
        }
        node.put("stored", status.flow().stored());
        node.put("inFlight", status.flow().inFlight());
        node.put("skipped", status.flow().skipped());
        node.put("runs", status.flow().runs());
        RelayStatus.Place place = status.place();
        StatusJson.putSlot(node, status.slot())
                .put(
                        "confirmedLsn",
                        place.confirmedLsn() == 0
                                ? null
                                : LogSequenceNumber.valueOf(place.confirmedLsn())
                                        .asString());
        StatusJson.putJournal(
                node, place.epoch(), status.held().parked(), status.held().incidents());
        StatusJson.putStream(node, Subject.streamOf(source))
                .put(
                        "lastPosition",
                        place.lastPosition() == null
                                ? null
                                : place.lastPosition().toString());
        return node.toPrettyString() + "\n";
    }
}
