package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.consumer.ParkedCounts;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.Subject;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one consumer and source in {@code inbox.parked_event}: for each aggregate that is held back a queue, of which
 * the first is retried or dead and the others wait. Events are added by the owner of their partition alone, in the
 * transactions that move its checkpoint; the first of a queue is taken by whoever locks its row.
 */
public record ParkedTable(ConsumerIdentity identity) {
    private static final String OURS = "consumer = ? AND source = ?";
    private static final String HELD =
            "SELECT DISTINCT aggregate_type, aggregate_id FROM inbox.parked_event WHERE " + OURS + " AND partition = ?";
    private static final String LOCK =
            "SELECT count(inbox.lock_queue(?, ?, type, id)) FROM unnest(?::text[], ?::text[]) queue (type, id)";
    private static final String WITH_ROWS = "SELECT type, id FROM unnest(?::text[], ?::text[]) asked (type, id)"
            + " WHERE EXISTS (SELECT FROM inbox.parked_event WHERE " + OURS
            + " AND aggregate_type = asked.type AND aggregate_id = asked.id)";
    private static final String ADD = "INSERT INTO inbox.parked_event (consumer, source, partition, aggregate_type,"
            + " aggregate_id, event_id, event_type, position, stream_sequence, headers, payload, state, attempts,"
            + " next_attempt, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, json_object(?::text[], ?::text[]), ?, ?, ?,"
            + " now() + ? * interval '1 millisecond', ?) ON CONFLICT (consumer, source, event_id) DO NOTHING";
    private static final String EVENTS = "SELECT id, partition, aggregate_type, aggregate_id, event_type,"
            + " stream_sequence, attempts, pg_current_xact_id()::text, payload, ARRAY(SELECT key FROM json_each_text(headers) ORDER BY key),"
            + " ARRAY(SELECT value FROM json_each_text(headers) ORDER BY key) FROM inbox.parked_event WHERE " + OURS;
    private static final String BEHIND =
            EVENTS + " AND aggregate_type = ? AND aggregate_id = ? AND id > ? ORDER BY id LIMIT ?";
    private static final String NEXT = EVENTS
            + " AND state = 'retrying' AND next_attempt <= now() ORDER BY next_attempt LIMIT 1 FOR UPDATE SKIP LOCKED";
    private static final String BOUND = "SELECT set_config('idle_in_transaction_session_timeout', ?, true)";
    private static final String DUE_IN = "SELECT ceil(extract(epoch FROM min(next_attempt) - now()) * 1000)::bigint"
            + " FROM inbox.parked_event WHERE " + OURS + " AND state = 'retrying'";
    private static final String REMOVE =
            "DELETE FROM inbox.parked_event WHERE id = ANY (?)" + " AND pg_current_xact_id_if_assigned() = ?::xid8";
    private static final String PROMOTE = "SELECT inbox.promote(?, ?, ?, ?)";
    private static final String FAILED = "UPDATE inbox.parked_event SET attempts = attempts + 1, state = ?,"
            + " next_attempt = now() + ? * interval '1 millisecond', error = ?"
            + " WHERE id = ? AND attempts = ? AND state = 'retrying'";
    private static final String PROMOTE_LEFT = "UPDATE inbox.parked_event AS parked SET state = 'retrying',"
            + " next_attempt = now() WHERE " + OURS + " AND state = 'waiting' AND NOT EXISTS (SELECT FROM"
            + " inbox.parked_event AS earlier WHERE earlier.consumer = parked.consumer AND earlier.source = parked.source"
            + " AND earlier.aggregate_type = parked.aggregate_type AND earlier.aggregate_id = parked.aggregate_id"
            + " AND earlier.id < parked.id)";
    private static final String FORGET_FROM = "WITH later AS (SELECT id FROM inbox.parked_event WHERE " + OURS
            + " AND position >= ? ORDER BY id FOR UPDATE) DELETE FROM inbox.parked_event WHERE id IN (SELECT id FROM later)";
    private static final String COUNT =
            "SELECT state, count(*) FROM inbox.parked_event WHERE " + OURS + " GROUP BY state";

    /**
     * Takes out the events from this position on, since they are to be delivered again; in a transaction in which nobody
     * can add any.
     *
     * @return how many there were
     */
    public int forgetFrom(Connection connection, OutboxPosition position) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(FORGET_FROM)) {
            delete.setString(setOurs(delete, 1), position.toString());
            return delete.executeUpdate();
        }
    }

    /** The aggregates of a partition that are held back. */
    public Set<Aggregate> held(Connection connection, int partition) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(HELD)) {
            int next = setOurs(select, 1);
            select.setInt(next, partition);
            return aggregates(select);
        }
    }

    /**
     * Those of these aggregates that are held back, and stay so until the running transaction ends: nobody takes the last
     * event out of their queues meanwhile.
     */
    public Set<Aggregate> lock(Connection connection, Collection<Aggregate> asked) throws SQLException {
        List<Aggregate> inOrder =
                asked.stream().sorted().toList(); // so that two who lock several do not wait for each other
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            int next = setOurs(lock, 1);
            lock.setArray(next++, texts(connection, inOrder.stream().map(Aggregate::type)));
            lock.setArray(next, texts(connection, inOrder.stream().map(Aggregate::id)));
            lock.executeQuery().close();
        }
        try (PreparedStatement select = connection.prepareStatement(WITH_ROWS)) {
            select.setArray(1, texts(connection, inOrder.stream().map(Aggregate::type)));
            select.setArray(2, texts(connection, inOrder.stream().map(Aggregate::id)));
            setOurs(select, 3);
            return aggregates(select);
        }
    }

    /** Puts an event behind the earlier ones of its aggregate. One that is there already stays as it is. */
    public void follow(Connection connection, Parkable event) throws SQLException {
        add(connection, event, "waiting", 0, null, null);
    }

    /** Begins a queue with an event whose first attempt has failed. */
    public void park(Connection connection, Parkable event, Decision decision, String error) throws SQLException {
        add(connection, event, state(decision), 1, wait(decision), error);
    }

    private void add(
            Connection connection,
            Parkable event,
            String state,
            int attempts,
            @Nullable Duration wait,
            @Nullable String error)
            throws SQLException {
        Map<String, String> headers = new TreeMap<>(event.headers());
        try (PreparedStatement insert = connection.prepareStatement(ADD)) {
            int next = setOurs(insert, 1);
            insert.setInt(next++, event.envelope().partition());
            insert.setString(next++, event.envelope().aggregateType());
            insert.setString(next++, event.envelope().aggregateId());
            insert.setObject(next++, event.envelope().eventId());
            insert.setString(next++, event.envelope().eventType());
            insert.setString(next++, event.envelope().position().toString());
            insert.setLong(next++, event.sequence());
            insert.setArray(next++, texts(connection, headers.keySet().stream()));
            insert.setArray(next++, texts(connection, headers.values().stream()));
            insert.setBytes(next++, event.payload());
            insert.setString(next++, state);
            insert.setInt(next++, attempts);
            insert.setObject(next++, wait == null ? null : wait.toMillis(), Types.BIGINT);
            insert.setString(next, error);
            insert.executeUpdate();
        }
    }

    /**
     * An event whose turn it is, locked for the running transaction; null when there is none that nobody else has.
     *
     * @param idle how long the transaction may be idle before the database ends it
     */
    @Nullable
    ParkedEvent next(Connection connection, Duration idle) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NEXT)) {
            setOurs(select, 1);
            List<ParkedEvent> found = events(select);
            if (found.isEmpty()) {
                return null;
            }
            bound(connection, idle);
            return found.getFirst();
        }
    }

    private static void bound(Connection connection, Duration idle) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BOUND)) {
            select.setString(1, Long.toString(idle.toMillis()));
            select.executeQuery().close();
        }
    }

    /** The first of those that wait behind it, in order. They are nobody else's while it is locked. */
    List<ParkedEvent> behind(Connection connection, ParkedEvent first, int most) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BEHIND)) {
            int next = setOurs(select, 1);
            select.setString(next++, first.aggregate().type());
            select.setString(next++, first.aggregate().id());
            select.setLong(next++, first.id());
            select.setInt(next, most);
            return events(select);
        }
    }

    private List<ParkedEvent> events(PreparedStatement select) throws SQLException {
        List<ParkedEvent> events = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                String aggregateType = row.getString(3);
                events.add(new ParkedEvent(
                        row.getLong(1),
                        new Aggregate(aggregateType, row.getString(4)),
                        new Subject(identity.source(), aggregateType, row.getString(5), row.getInt(2)),
                        row.getLong(6),
                        headers(row.getArray(10), row.getArray(11)),
                        row.getBytes(9),
                        row.getInt(7),
                        row.getString(8)));
            }
        }
        return events;
    }

    /** When the next one's turn comes, if there is one. Not positive when somebody has it now. */
    Optional<Duration> dueIn(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(DUE_IN)) {
            setOurs(select, 1);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long millis = row.getLong(1);
                return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
            }
        }
    }

    /**
     * Takes the first events, one or more, out of their queue; it is the next one's turn.
     *
     * @return false when the running transaction is not the one in which they were taken
     */
    boolean remove(Connection connection, List<ParkedEvent> events) throws SQLException {
        Aggregate aggregate = events.getFirst().aggregate();
        lock(connection, List.of(aggregate));
        try (PreparedStatement delete = connection.prepareStatement(REMOVE)) {
            delete.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", events.stream().map(ParkedEvent::id).toArray()));
            delete.setString(2, events.getFirst().transaction());
            if (delete.executeUpdate() < events.size()) {
                return false;
            }
        }
        try (PreparedStatement promote = connection.prepareStatement(PROMOTE)) {
            int next = setOurs(promote, 1);
            promote.setString(next++, aggregate.type());
            promote.setString(next, aggregate.id());
            promote.executeQuery().close();
        }
        return true;
    }

    /** Counts an attempt, unless somebody else has counted it. */
    void failed(Connection connection, ParkedEvent event, Decision decision, String error) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(FAILED)) {
            Duration wait = wait(decision);
            update.setString(1, state(decision));
            update.setObject(2, wait == null ? null : wait.toMillis(), Types.BIGINT);
            update.setString(3, error);
            update.setLong(4, event.id());
            update.setInt(5, event.attempts());
            update.executeUpdate();
        }
    }

    /** Lets queues go on whose first event somebody has deleted. */
    int promoteWhatIsLeft(Connection connection) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(PROMOTE_LEFT)) {
            setOurs(update, 1);
            return update.executeUpdate();
        }
    }

    /** How many events are held back. */
    public ParkedCounts counts(Connection connection) throws SQLException {
        Map<String, Long> counts = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(COUNT)) {
            setOurs(select, 1);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    counts.put(row.getString(1), row.getLong(2));
                }
            }
        }
        return new ParkedCounts(
                counts.getOrDefault("retrying", 0L),
                counts.getOrDefault("waiting", 0L),
                counts.getOrDefault("dead", 0L));
    }

    private int setOurs(PreparedStatement statement, int first) throws SQLException {
        statement.setString(first, identity.consumer());
        statement.setString(first + 1, identity.source());
        return first + 2;
    }

    private static String state(Decision decision) {
        return switch (decision) {
            case Decision.RetryAfter retry -> "retrying";
            case Decision.Dead dead -> "dead";
        };
    }

    private static @Nullable Duration wait(Decision decision) {
        return decision instanceof Decision.RetryAfter(Duration pause) ? pause : null;
    }

    private static Array texts(Connection connection, Stream<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    private static Map<String, String> headers(Array names, Array values) throws SQLException {
        String[] keys = (String[]) names.getArray();
        String[] texts = (String[]) values.getArray();
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < keys.length; i++) {
            headers.put(keys[i], texts[i]);
        }
        return headers;
    }

    private static Set<Aggregate> aggregates(PreparedStatement select) throws SQLException {
        Set<Aggregate> found = new HashSet<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new Aggregate(row.getString(1), row.getString(2)));
            }
        }
        return found;
    }
}
