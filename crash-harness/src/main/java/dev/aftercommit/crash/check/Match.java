package dev.aftercommit.crash.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Messages beside the rows that they tell of.
 *
 * @param published the first message of each row that has one, in the order of the stream
 * @param doubles further messages of such rows
 * @param unknown messages without a row
 * @param missing rows without a message that are neither parked nor discarded
 * @param parked rows that are parked and have none, each aggregate's in the order of its queue
 */
record Match(
        Evidence evidence,
        List<Published> published,
        List<StoredMessage> doubles,
        List<StoredMessage> unknown,
        List<Row> missing,
        List<Row> parked) {
    /** An event in the stream. */
    record Published(Row row, StoredMessage message, Origin origin) {}

    static Match of(Evidence evidence) {
        Map<UUID, Row> rows = new HashMap<>();
        evidence.rows().forEach(row -> rows.put(row.id(), row));
        Origin.Epochs epochs = Origin.Epochs.of(evidence);
        List<Published> published = new ArrayList<>();
        List<StoredMessage> doubles = new ArrayList<>();
        List<StoredMessage> unknown = new ArrayList<>();
        Set<UUID> seen = new HashSet<>();
        for (StoredMessage message : evidence.messages()) {
            @Nullable Row row = message.id().map(rows::get).orElse(null);
            if (row == null) {
                unknown.add(message);
            } else if (seen.add(row.id())) {
                published.add(new Published(row, message, epochs.origin(message)));
            } else {
                doubles.add(message);
            }
        }
        Set<UUID> heldBack = evidence.parking().heldBack();
        List<Row> missing = evidence.rows().stream()
                .filter(row -> !seen.contains(row.id()) && !heldBack.contains(row.id()))
                .toList();
        List<Row> parked = evidence.parking().parked().stream()
                .filter(id -> !seen.contains(id))
                .map(rows::get)
                .filter(Objects::nonNull)
                .toList();
        return new Match(evidence, published, doubles, unknown, missing, parked);
    }
}
