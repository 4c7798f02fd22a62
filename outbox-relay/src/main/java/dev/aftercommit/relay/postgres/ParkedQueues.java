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
 * What is held back, for people: shows it, and notes what they want to be done with it, which the leading relay does.
 * Every call throws {@link AftercommitException} with {@link ErrorCode#DATABASE_UNAVAILABLE} when the database cannot be
 * reached.
 */
public final class ParkedQueues implements AutoCloseable {
    private static final String QUEUES = """
            SELECT h.event_id, h.aggregate_type, h.aggregate_id, h.reason, h.detail, h.parked_at, h.requested,
                   (SELECT count(*) - 1 FROM outbox.parked_event w
                     WHERE w.aggregate_type = h.aggregate_type AND w.aggregate_id = h.aggregate_id)
              FROM (SELECT DISTINCT ON (aggregate_type, aggregate_id) *
                      FROM outbox.parked_event ORDER BY aggregate_type, aggregate_id, "position") h
             ORDER BY h.parked_at, h.aggregate_type, h.aggregate_id
             LIMIT ?
            """;
    private static final String CHOSEN = """
             WHERE (?::uuid IS NULL OR event_id = ?::uuid)
               AND (?::text IS NULL OR (aggregate_type = ? AND aggregate_id = ?))
            """;
    private static final String COUNT = """
            SELECT count(*), count(requested), min(detail) FILTER (WHERE reason <> 'behind'),
                   count(*) FILTER (WHERE NOT EXISTS (SELECT FROM outbox.event e WHERE e.id = event_id))
              FROM outbox.parked_event
            """ + CHOSEN;
    private static final String REQUEST = "UPDATE outbox.parked_event SET requested = ?, requested_at = now()" + CHOSEN;

    private final ShortSession session;

    private ParkedQueues(ShortSession session) {
        this.session = session;
    }

    public static ParkedQueues open(Database database) {
        return new ParkedQueues(ShortSession.open(database));
    }

    /**
     * The events of one aggregate that are held back.
     *
     * @param head the first of them
     * @param detail why, in words
     * @param waiting how many wait behind it
     * @param requested {@code retry} or {@code discard}; null when nothing is
     */
    public record Queue(
            Aggregate aggregate,
            UUID head,
            String reason,
            String detail,
            Instant since,
            long waiting,
            @Nullable String requested) {}

    /**
     * Which events are meant: one, those of an aggregate, or all.
     *
     * @param event null for any
     * @param aggregate null for any
     */
    public record Choice(@Nullable UUID event, @Nullable Aggregate aggregate) {}

    /** What an operator can ask for. */
    public enum Request {
        /** Publish the queue behind everything else, from its head on. */
        RETRY("retry"),
        /** Never publish it. */
        DISCARD("discard");

        private final String word;

        Request(String word) {
            this.word = word;
        }
    }

    /**
     * How many of the chosen events are held back.
     *
     * @param requested for how many of them something is requested
     * @param unseen of how many the row cannot be seen
     * @param detail why they are held back; null when none is, or all of them only wait for others
     */
    public record State(
            long parked,
            long requested,
            long unseen,
            @Nullable String detail) {}

    /** The queues, the oldest first. */
    public List<Queue> list(int most) {
        return session.run(connection -> {
            List<Queue> queues = new ArrayList<>();
            Rows.each(
                    connection,
                    QUEUES,
                    row -> queues.add(new Queue(
                            new Aggregate(row.getString(2), row.getString(3)),
                            row.getObject(1, UUID.class),
                            row.getString(4),
                            row.getString(5),
                            row.getObject(6, OffsetDateTime.class).toInstant(),
                            row.getLong(8),
                            row.getString(7))),
                    most);
            return queues;
        });
    }

    public State state(Choice choice) {
        return session.run(connection -> {
            List<State> state = new ArrayList<>(1);
            Rows.each(
                    connection,
                    COUNT,
                    row -> state.add(new State(row.getLong(1), row.getLong(2), row.getLong(4), row.getString(3))),
                    parameters(choice).toArray());
            return state.getFirst();
        });
    }

    /**
     * Asks the leading relay.
     *
     * @return how many events were chosen
     */
    public int request(Request request, Choice choice) {
        return session.run(connection -> {
            List<@Nullable Object> parameters = parameters(choice);
            parameters.addFirst(request.word);
            return Rows.update(connection, REQUEST, parameters.toArray());
        });
    }

    private static List<@Nullable Object> parameters(Choice choice) {
        Aggregate aggregate = choice.aggregate();
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(choice.event());
        parameters.add(choice.event());
        parameters.add(aggregate == null ? null : aggregate.type());
        parameters.add(aggregate == null ? null : aggregate.type());
        parameters.add(aggregate == null ? null : aggregate.id());
        return parameters;
    }

    @Override
    public void close() {
        session.close();
    }
}
