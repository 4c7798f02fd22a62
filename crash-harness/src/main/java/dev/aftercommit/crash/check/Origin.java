package dev.aftercommit.crash.check;

import java.util.Map;
import java.util.Optional;

/** How an event came into the stream, as its position tells. */
enum Origin {
    /** From the WAL. */
    WAL,
    /** From the table, where the first start found it. */
    FIRST_START,
    /** From the table, because it was parked and somebody wanted it to be published. */
    RETRIED,
    /** From the table, though it could have come from the WAL. */
    HEALED,
    /** From the table; the database went back and does not know why. */
    FORGOTTEN;

    /**
     * The ranges of positions.
     *
     * @param first the lowest in the stream
     * @param reasons why each began, as far as the database knows
     */
    record Epochs(String first, Map<String, String> reasons, boolean databaseWentBack) {
        static Epochs of(Evidence evidence) {
            String first = evidence.messages().stream()
                    .flatMap(message -> message.position().stream())
                    .map(Position::epoch)
                    .min(String::compareTo)
                    .orElse("");
            return new Epochs(first, evidence.parking().epochs(), evidence.databaseWentBack());
        }

        Origin origin(StoredMessage message) {
            return message.position().map(this::origin).orElse(WAL);
        }

        Origin origin(Position position) {
            if (!position.isFromTable()) {
                return WAL;
            }
            if (position.epoch().equals(first)) {
                return FIRST_START;
            }
            Optional<String> reason = Optional.ofNullable(reasons.get(position.epoch()));
            if (reason.isEmpty() && databaseWentBack) {
                return FORGOTTEN;
            }
            return reason.filter("retry"::equals).isPresent() ? RETRIED : HEALED;
        }
    }
}
