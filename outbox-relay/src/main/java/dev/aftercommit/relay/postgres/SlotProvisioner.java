package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.stream.StreamTail;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publication, then slot, then epoch: makes what was never there, and refuses to replace what was lost. A slot that is
 * made anew over a lost one would start at "now", and everything committed in between would be skipped.
 */
public final class SlotProvisioner {
    private static final Logger LOG = LoggerFactory.getLogger(SlotProvisioner.class);

    private static final String LATEST_EPOCH = """
            SELECT e.epoch, e.snapshot::text, e.caught_up_at IS NOT NULL AS caught_up,
                   e.system_identifier = (SELECT system_identifier::text FROM pg_control_system()) AS same_cluster
              FROM outbox.epoch e
             WHERE e.slot_name = ?
             ORDER BY e.epoch DESC
             LIMIT 1
            """;

    /**
     * When the newest transactions before the slot were rolled back, the snapshot that PostgreSQL exports with the slot
     * has an xmin above its xmax, which PostgreSQL's own input refuses. All below xmin has ended then: the same rows are
     * visible when xmax is raised to xmin.
     */
    private static final String BEGIN_EPOCH = """
            INSERT INTO outbox.epoch (epoch, slot_name, system_identifier, consistent_point, snapshot)
            SELECT COALESCE((SELECT max(epoch) FROM outbox.epoch), 0) + 1, ?,
                   (SELECT system_identifier::text FROM pg_control_system()), ?::pg_lsn,
                   CASE WHEN pg_snapshot_xmin(seen) > pg_snapshot_xmax(seen)
                        THEN format('%1$s:%1$s:', pg_snapshot_xmin(seen))::pg_snapshot
                        ELSE seen
                   END
              FROM pg_current_snapshot() AS seen
            RETURNING epoch, snapshot::text
            """;

    private final SlotNames names;

    public SlotProvisioner(SlotNames names) {
        this.names = names;
    }

    /**
     * The epoch to publish in. The caller holds the relay's lock, so that nobody else provisions at the same time.
     *
     * @param database for connections of its own
     * @throws AftercommitException as {@link #find}
     */
    public Epoch ensure(Connection connection, DatabaseConfig database, StreamTail tail) throws SQLException {
        Epoch known = find(connection, tail);
        if (known != null) {
            return known;
        }
        if (Publication.find(connection, names) == null) {
            Publication.create(connection, names);
            LOG.info("Made publication {}", names.publication());
        }
        if (Slot.find(connection, names.slot()) != null) {
            dropUnused(connection);
        }
        return begin(database);
    }

    /**
     * The epoch to publish in, or null when the first start has still to begin one. Changes nothing.
     *
     * @throws AftercommitException {@link ErrorCode#SLOT_LOST} when a slot that existed is gone or unusable,
     *     {@link ErrorCode#STREAM_MISMATCH} when stream and database do not belong together,
     *     {@link ErrorCode#DATABASE_UNSUITABLE} when publication or slot are somebody else's
     */
    public @Nullable Epoch find(Connection connection, StreamTail tail) throws SQLException {
        Publication publication = Publication.find(connection, names);
        if (publication != null && !publication.problems().isEmpty()) {
            throw unsuitable("Publication \"" + names.publication() + "\" is not the outbox's: "
                    + String.join("; ", publication.problems())
                    + ". Set it right with ALTER PUBLICATION while the relay is stopped.");
        }
        Slot slot = Slot.find(connection, names.slot());
        KnownEpoch known = latest(connection);
        if (known == null) {
            requirePristine(tail);
            if (slot != null && slot.active()) {
                throw unsuitable("Replication slot \"" + names.slot()
                        + "\" is in use by a program that is not this relay. Stop that program.");
            }
            return null;
        }
        if (slot == null) {
            throw lost(known.epoch(), "it does not exist any more", tail);
        }
        if (!known.sameCluster()) {
            throw lost(known.epoch(), "it belonged to another PostgreSQL cluster", tail);
        }
        String loss = slot.loss();
        if (loss != null) {
            throw lost(known.epoch(), loss, tail);
        }
        if (publication == null) {
            throw lost(known.epoch(), "its publication \"" + names.publication() + "\" was dropped", tail);
        }
        requireNotAhead(connection, known.epoch(), tail);
        return known.epoch();
    }

    /** Notes that all rows which are older than the epoch's slot have been published. */
    public void caughtUp(Connection connection, Epoch epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE outbox.epoch SET caught_up_at = now() WHERE epoch = ? AND caught_up_at IS NULL")) {
            statement.setInt(1, epoch.number());
            statement.executeUpdate();
        }
    }

    private record KnownEpoch(Epoch epoch, boolean sameCluster) {}

    private @Nullable KnownEpoch latest(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LATEST_EPOCH)) {
            statement.setString(1, names.slot());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? new KnownEpoch(
                                new Epoch(row.getInt("epoch"), row.getString("snapshot"), row.getBoolean("caught_up")),
                                row.getBoolean("same_cluster"))
                        : null;
            }
        }
    }

    private static void requirePristine(StreamTail tail) {
        if (!tail.isPristine()) {
            throw new AftercommitException(
                    ErrorCode.STREAM_MISMATCH,
                    "The stream holds events already (last sequence " + tail.sequence()
                            + "), but this database was never published. Either OUTBOX_SOURCE or OUTBOX_DATABASE_URL is"
                            + " another one's, or the database was made anew: then delete the stream, or choose another"
                            + " OUTBOX_SOURCE.");
        }
    }

    /**
     * Nothing was ever published from it: a start was interrupted right after the slot was made, or somebody made it by
     * hand. What it would deliver is in the table.
     */
    private void dropUnused(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
            statement.setString(1, names.slot());
            statement.execute();
        }
        LOG.info("Dropped replication slot {}, which was never published from", names.slot());
    }

    /**
     * Makes the slot and notes exactly what it will not deliver: the rows visible in the snapshot that PostgreSQL
     * exports with it.
     */
    private Epoch begin(DatabaseConfig database) throws SQLException {
        try (Connection replication = database.connectForReplication();
                Statement create = replication.createStatement();
                // In PostgreSQL 14 as in 18: the older form of the command.
                ResultSet made = create.executeQuery(
                        "CREATE_REPLICATION_SLOT \"" + names.slot() + "\" LOGICAL pgoutput EXPORT_SNAPSHOT")) {
            made.next();
            Epoch epoch = note(database, made.getString("consistent_point"), made.getString("snapshot_name"));
            LOG.info(
                    "Made replication slot {} at {}; epoch {} begins",
                    names.slot(),
                    made.getString("consistent_point"),
                    epoch.number());
            return epoch;
        }
    }

    private Epoch note(DatabaseConfig database, String consistentPoint, String snapshotName) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION SNAPSHOT '" + snapshotName + "'");
            }
            try (PreparedStatement insert = connection.prepareStatement(BEGIN_EPOCH)) {
                insert.setString(1, names.slot());
                insert.setString(2, consistentPoint);
                try (ResultSet row = insert.executeQuery()) {
                    row.next();
                    Epoch epoch = new Epoch(row.getInt(1), row.getString(2), false);
                    connection.commit();
                    return epoch;
                }
            }
        }
    }

    private static AftercommitException unsuitable(String message) {
        return new AftercommitException(ErrorCode.DATABASE_UNSUITABLE, message);
    }

    private AftercommitException lost(Epoch epoch, String why, StreamTail tail) {
        StreamTail.LastMessage last = tail.last();
        return new AftercommitException(
                ErrorCode.SLOT_LOST,
                "Replication slot \"" + names.slot() + "\" of epoch " + epoch.number() + " is lost: " + why
                        + ". The relay does not make a new one by itself, because that would skip what was committed in"
                        + " between. Nothing is gone: the events are in outbox.event, the last one published is "
                        + (last == null ? "not known" : last.eventId()) + ". See docs/how-to/lost-slot.md.");
    }

    private static void requireNotAhead(Connection connection, Epoch epoch, StreamTail tail) throws SQLException {
        StreamTail.LastMessage last = tail.last();
        if (last == null) {
            return;
        }
        OutboxPosition position = last.position();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")) {
            row.next();
            boolean ahead = position.epoch() > epoch.number()
                    || (position.epoch() == epoch.number()
                            && Long.compareUnsigned(position.transactionLsn(), row.getLong(1)) > 0);
            if (ahead) {
                throw new AftercommitException(
                        ErrorCode.STREAM_MISMATCH,
                        "The stream is ahead of the database: its last position is " + position
                                + ", but the database's WAL ends earlier. The database was restored from a backup, or"
                                + " this is not the stream's database. See docs/how-to/lost-slot.md.");
            }
        }
    }
}
