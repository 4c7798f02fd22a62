package dev.aftercommit.crash.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Messages beside the rows that they tell of.
 *
 * @param published the first message of each row that has one, in the order of the stream
 * @param doubles further messages of such rows
 * @param unknown messages without a row
 * @param missing rows without a message
 */
record Match(
        Evidence evidence,
        List<Published> published,
        List<StoredMessage> doubles,
        List<StoredMessage> unknown,
        List<Row> missing) {
    /**
     * An event in the stream.
     *
     * @param isFromTable whether its position says that it did not come from the WAL
     * @param isHealed whether it did not though it could have: it came from the table after the first epoch
     */
    record Published(Row row, StoredMessage message, boolean isFromTable, boolean isHealed) {}

    static Match of(Evidence evidence) {
        Map<UUID, Row> rows = new HashMap<>();
        evidence.rows().forEach(row -> rows.put(row.id(), row));
        String firstEpoch = evidence.messages().stream()
                .flatMap(message -> message.position().stream())
                .map(Position::epoch)
                .min(String::compareTo)
                .orElse("");
        List<Published> published = new ArrayList<>();
        List<StoredMessage> doubles = new ArrayList<>();
        List<StoredMessage> unknown = new ArrayList<>();
        Set<UUID> seen = new HashSet<>();
        for (StoredMessage message : evidence.messages()) {
            @Nullable Row row = message.id().map(rows::get).orElse(null);
            if (row == null) {
                unknown.add(message);
            } else if (seen.add(row.id())) {
                published.add(published(row, message, firstEpoch));
            } else {
                doubles.add(message);
            }
        }
        List<Row> missing =
                evidence.rows().stream().filter(row -> !seen.contains(row.id())).toList();
        return new Match(evidence, published, doubles, unknown, missing);
    }

    private static Published published(Row row, StoredMessage message, String firstEpoch) {
        Optional<Position> position = message.position();
        boolean fromTable = position.filter(Position::isFromTable).isPresent();
        boolean laterEpoch =
                position.filter(found -> !found.epoch().equals(firstEpoch)).isPresent();
        return new Published(row, message, fromTable, fromTable && laterEpoch);
    }
}
