package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.source.DroppedPartition;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.ParkedCount;
import dev.aftercommit.relay.source.ParkedEvent;
import dev.aftercommit.relay.source.ParkedHead;
import dev.aftercommit.relay.source.ProofScan;
import dev.aftercommit.relay.source.Proven;
import dev.aftercommit.relay.source.StreamNote;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Ledger} by the tables of the schema {@code outbox}. */
final class PostgresLedger implements Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLedger.class);
    private static final String UNIQUE_VIOLATION = "23505";

    private static final String UNKNOWN = """
            SELECT u.id FROM unnest(?::uuid[]) AS u(id)
             WHERE NOT EXISTS (SELECT FROM outbox.event e WHERE e.id = u.id)
            """;
    private static final String EVENTS = """
            SELECT id, aggregate_type, aggregate_id, event_type, payload::text, headers::text
              FROM outbox.event WHERE id = ANY (?::uuid[])
            """;

    private final Database database;
    private final Connection connection;
    private final JournalTable journal;
    private final EpochTable epochs;
    private final ParkedTable parked;
    private final DroppedPartitions dropped;
    private final ProofQuery proof;
    private final AnswerWatch watch;

    PostgresLedger(Database database, Connection connection) throws SQLException {
        this.database = database;
        this.connection = connection;
        this.journal = new JournalTable(connection);
        this.epochs = new EpochTable(connection);
        this.parked = new ParkedTable(connection);
        this.dropped = new DroppedPartitions(connection);
        this.proof = new ProofQuery(connection);
        this.watch = AnswerWatch.over(database, connection);
    }

    @Override
    public Noted noted() {
        return inTransaction(() -> epochs.noted(journal.newest()));
    }

    @Override
    public void append(List<JournalRow> rows, List<ParkedEvent> parkedEvents) {
        run(() -> {
            journal.insert(rows);
            parked.insert(parkedEvents);
        });
    }

    @Override
    public void absorb(List<JournalRow> rows) {
        run(() -> {
            journal.insert(rows);
            parked.remove(rows);
        });
    }

    @Override
    public Map<ParkedEvent.Aggregate, ParkedHead> held() {
        return inTransaction(parked::held);
    }

    @Override
    public ParkedCount parked() {
        return inTransaction(parked::count);
    }

    @Override
    public Noted begin(NewEpoch epoch, JournalMark mark) {
        return begin(epoch, mark, null);
    }

    /**
     * As {@link #begin(NewEpoch, JournalMark)}.
     *
     * @param snapshot an exported snapshot, whose rows the epoch heals; null for what can be seen now
     */
    Noted begin(NewEpoch epoch, JournalMark mark, @Nullable String snapshot) {
        return inTransaction(() -> {
            if (snapshot != null) {
                epochs.see(snapshot);
            }
            epochs.begin(epoch, mark, journal);
            return epochs.noted(journal.newest());
        });
    }

    @Override
    public List<JournalRow> rowsFrom(long entry, int most) {
        return inTransaction(() -> journal.from(entry, most));
    }

    @Override
    public List<JournalRow> rowsBefore(long entry, int most) {
        return inTransaction(() -> journal.before(entry, most));
    }

    @Override
    public long firstEntryBehind(@Nullable OutboxPosition position) {
        return inTransaction(() -> journal.firstBehind(position));
    }

    @Override
    public long firstEntryReaching(OutboxPosition position) {
        return inTransaction(() -> journal.firstReaching(position));
    }

    @Override
    public Set<UUID> ghosts() {
        return inTransaction(journal::ghosts);
    }

    @Override
    public Map<UUID, Long> repeated(long entry) {
        return inTransaction(() -> journal.repeated(entry));
    }

    @Override
    public long countFrom(long entry) {
        return inTransaction(() -> journal.countFrom(entry));
    }

    @Override
    public List<UUID> withoutEntry(List<UUID> events, long afterEntry) {
        return events.isEmpty() ? List.of() : inTransaction(() -> journal.without(events, afterEntry));
    }

    @Override
    public Set<UUID> unknown(List<UUID> events) {
        return inTransaction(() -> new HashSet<>(Rows.ids(connection, UNKNOWN, Rows.array(connection, events))));
    }

    @Override
    public Map<UUID, OutboxChange.Row> events(List<UUID> events) {
        return inTransaction(() -> {
            Map<UUID, OutboxChange.Row> found = new HashMap<>();
            Rows.each(
                    connection,
                    EVENTS,
                    row -> found.put(
                            row.getObject(1, UUID.class),
                            new OutboxChange.Row(
                                    row.getString(1),
                                    row.getString(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getString(5),
                                    row.getString(6))),
                    Rows.array(connection, events));
            return found;
        });
    }

    @Override
    public @Nullable DroppedPartition dropped(UUID event) {
        return inTransaction(() -> dropped.of(event)).orElse(null);
    }

    @Override
    public @Nullable OutboxPosition lastDropped() {
        return inTransaction(dropped::last).orElse(null);
    }

    @Override
    public void takeOver(@Nullable UUID firstInStream, JournalMark mark) {
        run(() -> epochs.takeOver(firstInStream, mark, journal));
    }

    @Override
    public ProofScan scan(@Nullable Proven since, int most) {
        return inTransaction(() -> proof.scan(since, most));
    }

    @Override
    public void noteStream(StreamNote stream, int term) {
        run(() -> {
            journal.requireTerm(term);
            Rows.update(
                    connection,
                    "UPDATE outbox.history SET stream_config = ?::jsonb, stream_first = ?, stream_holes = ?",
                    stream.config(),
                    stream.first(),
                    stream.holes());
        });
    }

    @Override
    public void notePublication(String version, int term) {
        run(() -> {
            journal.requireTerm(term);
            Rows.update(connection, "UPDATE outbox.history SET publication = ?", version);
        });
    }

    @Override
    public void record(Incident incident) {
        run(() -> epochs.record(incident));
    }

    @Override
    public Map<String, Long> incidents() {
        return inTransaction(() -> {
            Map<String, Long> counts = new HashMap<>();
            Rows.each(
                    connection,
                    "SELECT kind, count(*) FROM outbox.incident GROUP BY kind",
                    row -> counts.put(row.getString(1), row.getLong(2)));
            return counts;
        });
    }

    @Override
    public void close() {
        try {
            watch.close();
            if (watch.isWaiting()) {
                connection.abort(Runnable::run);
            } else {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debug("The ledger's connection did not close: {}", Reason.of(e));
        }
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private interface Action {
        void run() throws SQLException;
    }

    private void run(Action action) {
        inTransaction(() -> {
            action.run();
            return true;
        });
    }

    private synchronized <T> T inTransaction(Work<T> work) {
        watch.waits();
        try {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            T result = work.run();
            connection.commit();
            return result;
        } catch (SQLException e) {
            rollBack();
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw new AftercommitException(
                        ErrorCode.FENCED, "Another relay has written to the journal: " + Reason.of(e) + ".", e);
            }
            throw database.failure(e);
        } catch (AftercommitException e) {
            rollBack();
            throw e;
        } finally {
            watch.isAnswered();
        }
    }

    private void rollBack() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("A transaction that failed could not be rolled back: {}", Reason.of(e));
        }
    }
}
