package dev.aftercommit.crash.check;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * All that is compared.
 *
 * @param commitOrder the events in the order in which their transactions committed, as a witness saw it; empty when no
 *     witness lived to tell
 * @param messages the stream, in its order
 * @param databaseWentBack whether a restore or a failover took committed events away in this round
 * @param parking what the relay holds back
 * @param unconfirmedWalBytes how far the relay's slot is behind; empty when there is no slot
 */
public record Evidence(
        List<Row> rows,
        Optional<List<UUID>> commitOrder,
        List<StoredMessage> messages,
        List<Incident> incidents,
        boolean databaseWentBack,
        Parking parking,
        Optional<Long> unconfirmedWalBytes) {
    public Evidence {
        rows = List.copyOf(rows);
        messages = List.copyOf(messages);
        incidents = List.copyOf(incidents);
    }

    /** Those of the parked events that no stream can ever take. */
    public List<UUID> hopeless() {
        Set<UUID> parked = Set.copyOf(parking.parked());
        return rows.stream()
                .filter(row -> parked.contains(row.id()) && Breach.of(row).isPresent())
                .map(Row::id)
                .toList();
    }
}
