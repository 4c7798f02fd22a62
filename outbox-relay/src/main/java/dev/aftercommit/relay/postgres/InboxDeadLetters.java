package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.source.ParkedEvent.Aggregate;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Dead events in a consumer's database, for people: shows them, and has them tried again or given up, which the consumer's
 * instances do. Every call throws {@link AftercommitException} with {@link ErrorCode#DATABASE_UNAVAILABLE} when the
 * database cannot be reached.
 */
public final class InboxDeadLetters implements AutoCloseable {
    private static final String LIST = """
            SELECT dead.consumer, dead.source, dead.event_id, dead.aggregate_type, dead.aggregate_id, dead.event_type,
                   dead.attempts, dead.error, dead.parked_at,
                   (SELECT count(*) FROM inbox.parked_event behind
                     WHERE behind.consumer = dead.consumer AND behind.source = dead.source
                       AND behind.aggregate_type = dead.aggregate_type AND behind.aggregate_id = dead.aggregate_id
                       AND behind.id > dead.id AND behind.state = 'waiting')
              FROM inbox.dead_letters(?, ?, ?, ?, ?, ?::uuid) dead
             ORDER BY dead.id LIMIT ?
            """;
    private static final String COUNT = "SELECT count(*) FROM inbox.dead_letters(?, ?, ?, ?, ?, ?::uuid)";
    private static final String MESSAGE = "SELECT consumer, state, headers, convert_from(payload, 'UTF8')"
            + " FROM inbox.parked_event WHERE event_id = ? AND (?::text IS NULL OR consumer = ?::text) ORDER BY consumer";
    private static final String REDRIVE = "SELECT * FROM inbox.redrive(?, ?, ?, ?, ?, ?::uuid)";
    private static final String DISCARD = "SELECT * FROM inbox.discard(?, ?, ?, ?, ?, ?::uuid)";
    private static final String STATE = "SELECT count(*) FILTER (WHERE state = 'retrying' AND attempts = 0),"
            + " count(*) FILTER (WHERE state = 'retrying' AND attempts > 0), count(*) FILTER (WHERE state = 'dead'),"
            + " min(error) FROM inbox.parked_event WHERE event_id = ANY (?)"
            + " AND (?::text IS NULL OR consumer = ?::text) AND (?::text IS NULL OR source = ?::text)";

    private final ShortSession session;

    private InboxDeadLetters(ShortSession session) {
        this.session = session;
    }

    /**
     * Looks at the database of a consumer.
     *
     * @throws AftercommitException also {@link ErrorCode#INVALID_SETTING} when it is none, or of an earlier version
     */
    public static InboxDeadLetters open(Database database) {
        return new InboxDeadLetters(ShortSession.openInbox(database, "parked_event"));
    }

    /**
     * Which dead events are meant: those that are everything that is not null.
     *
     * @param consumer null for any, as all others
     */
    public record Choice(
            @Nullable String consumer,
            @Nullable String source,
            @Nullable Aggregate aggregate,
            @Nullable String eventType,
            @Nullable UUID event) {

        private List<@Nullable Object> parameters() {
            List<@Nullable Object> parameters = new ArrayList<>();
            parameters.add(consumer);
            parameters.add(source);
            parameters.add(aggregate == null ? null : aggregate.type());
            parameters.add(aggregate == null ? null : aggregate.id());
            parameters.add(eventType);
            parameters.add(event);
            return parameters;
        }
    }

    /**
     * One of them.
     *
     * @param error the last error, without its message
     * @param waiting how many later events of its aggregate wait behind it
     */
    public record DeadLetter(
            String consumer,
            String source,
            UUID event,
            Aggregate aggregate,
            String eventType,
            int attempts,
            @Nullable String error,
            Instant since,
            long waiting) {}

    /** What a consumer was told, verbatim. */
    public record Message(String consumer, String state, String headers, String payload) {}

    /**
     * What has become of events that were to be tried again; the others have passed.
     *
     * @param untried that nobody has taken up yet
     * @param failed that have failed again, and have attempts left
     * @param dead that are dead again
     * @param error of one of them; null when none has failed
     */
    public record State(
            long untried, long failed, long dead, @Nullable String error) {}

    /** The oldest that are meant. */
    public List<DeadLetter> list(Choice choice, int most) {
        return session.run(connection -> {
            List<DeadLetter> letters = new ArrayList<>();
            List<@Nullable Object> parameters = choice.parameters();
            parameters.add(most);
            Rows.each(
                    connection,
                    LIST,
                    row -> letters.add(new DeadLetter(
                            row.getString(1),
                            row.getString(2),
                            row.getObject(3, UUID.class),
                            new Aggregate(row.getString(4), row.getString(5)),
                            row.getString(6),
                            row.getInt(7),
                            row.getString(8),
                            row.getObject(9, OffsetDateTime.class).toInstant(),
                            row.getLong(10))),
                    parameters.toArray());
            return letters;
        });
    }

    public long count(Choice choice) {
        return session.run(connection -> {
            List<Long> count = new ArrayList<>(1);
            Rows.each(
                    connection,
                    COUNT,
                    row -> count.add(row.getLong(1)),
                    choice.parameters().toArray());
            return count.getFirst();
        });
    }

    /**
     * An event as the consumers that hold it back were told it.
     *
     * @param consumer null for all
     */
    public List<Message> messages(UUID event, @Nullable String consumer) {
        return session.run(connection -> {
            List<Message> messages = new ArrayList<>();
            Rows.each(
                    connection,
                    MESSAGE,
                    row -> messages.add(
                            new Message(row.getString(1), row.getString(2), row.getString(3), row.getString(4))),
                    event,
                    consumer,
                    consumer);
            return messages;
        });
    }

    /** Has them tried again, with all their attempts; returns which. */
    public List<UUID> redrive(Choice choice) {
        return change(REDRIVE, choice);
    }

    /** Gives them up; returns which. */
    public List<UUID> discard(Choice choice) {
        return change(DISCARD, choice);
    }

    private List<UUID> change(String sql, Choice choice) {
        return session.run(
                connection -> Rows.ids(connection, sql, choice.parameters().toArray()));
    }

    public State state(List<UUID> events, Choice choice) {
        return session.run(connection -> {
            List<State> state = new ArrayList<>(1);
            Rows.each(
                    connection,
                    STATE,
                    row -> state.add(new State(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4))),
                    Rows.array(connection, events),
                    choice.consumer(),
                    choice.consumer(),
                    choice.source(),
                    choice.source());
            return state.getFirst();
        });
    }

    @Override
    public void close() {
        session.close();
    }
}
