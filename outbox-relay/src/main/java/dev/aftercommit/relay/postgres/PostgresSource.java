package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.source.CaptureSource;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PublicationState;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.source.TablePartitions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Source} by PostgreSQL. */
public final class PostgresSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSource.class);

    private static final String LOOK = """
            SELECT (SELECT system_identifier::text FROM pg_control_system()) AS cluster, current_database() AS name,
                   pg_current_wal_insert_lsn()::text AS end_lsn, pg_is_in_recovery() AS in_recovery
            """;

    /** Longer than it takes the server to notice that a relay is frozen or cut off. */
    private static final long HOLDER_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final String WAL_SENDER =
            "SELECT FROM pg_stat_activity WHERE pid = ? AND backend_type = 'walsender'";

    private final Database database;
    private final SlotNames names;
    private final Function<IntConsumer, CaptureSource> captures;
    private final Connection connection;
    private final LeaderLock lock;
    private long heldSince;

    private PostgresSource(Database database, SlotNames names, Function<IntConsumer, CaptureSource> captures)
            throws SQLException {
        this.database = database;
        this.names = names;
        this.captures = captures;
        this.connection = database.connect();
        this.lock = new LeaderLock(database, names);
    }

    /**
     * Connects.
     *
     * @throws AftercommitException {@link ErrorCode#DATABASE_UNAVAILABLE}, {@link ErrorCode#DATABASE_UNSUITABLE}
     */
    public static PostgresSource connect(
            Database database, SlotNames names, Function<IntConsumer, CaptureSource> captures) {
        try {
            return new PostgresSource(database, names, captures);
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }

    /** As {@link #connect}, for commands that look at the past and capture nothing. */
    public static PostgresSource forLooking(Database database, SlotNames names) {
        return connect(database, names, serves -> {
            throw new IllegalStateException("This source was opened for looking only.");
        });
    }

    /** For checks that need SQL of their own. */
    public Connection connection() {
        return connection;
    }

    @Override
    public Lease tryToLead() {
        return call(() -> {
            if (!lock.tryAcquire()) {
                return new Lease.AnotherLeads();
            }
            String holder = Slots.holder(connection, names.slot());
            if (holder == null) {
                heldSince = 0;
                return new Lease.Leads();
            }
            endForgottenHolder();
            return new Lease.SlotIsHeld(holder);
        });
    }

    /** Whoever still reads from the relay's slot while this one has the lock is a relay that has lost it. */
    private void endForgottenHolder() throws SQLException {
        long now = System.nanoTime();
        if (heldSince == 0) {
            heldSince = now;
        }
        if (now - heldSince > HOLDER_PATIENCE_NANOS && Slots.endHolder(connection, names.slot())) {
            LOG.warn("Ended the connection of a relay that does not lead any more, and kept the replication slot");
            heldSince = now;
        }
    }

    @Override
    public void renewLease() {
        run(lock::renew);
    }

    @Override
    public DatabaseState look() {
        return call(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(LOOK)) {
                row.next();
                if (row.getBoolean("in_recovery")) {
                    throw new AftercommitException(
                            ErrorCode.DATABASE_UNAVAILABLE,
                            database.config().printable() + " is a standby now; the relay looks for the primary.");
                }
                PublicationState publication = Publications.find(connection, names.publication());
                SlotState slot = Slots.find(connection, names.slot());
                return new DatabaseState(
                        row.getString("cluster"),
                        row.getString("name"),
                        Lsn.of(row.getString("end_lsn")),
                        publication,
                        slot);
            }
        });
    }

    @Override
    public long walLimit() {
        return call(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT greatest(0, setting::bigint) * 1024 * 1024"
                            + " FROM pg_settings WHERE name = 'max_slot_wal_keep_size'")) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public Ledger openLedger() {
        return call(() -> new PostgresLedger(database, database.connect()));
    }

    @Override
    public Ledger openLedgerForLongQueries() {
        return call(() -> new PostgresLedger(database, database.connectForLongQueries()));
    }

    @Override
    public TablePartitions partitions() {
        return new PostgresTablePartitions(database);
    }

    @Override
    public void makePublication() {
        run(() -> Publications.mend(connection));
    }

    @Override
    public Noted makeSlot(NewEpoch epoch, JournalMark mark, Consumer<String> waits) {
        return call(() -> {
            lock.renew();
            if (Slots.find(connection, names.slot()) != null) {
                Slots.drop(connection, names.slot());
            }
            try (SlotCreation creation = SlotCreation.begin(database, names.slot(), waits)) {
                LOG.info("Made replication slot {} at {}", names.slot(), Lsn.text(creation.consistentPoint()));
                long before = creation.consistentPoint() - 1;
                NewEpoch begun = new NewEpoch(
                        epoch.reason(),
                        epoch.systemIdentifier(),
                        creation.consistentPoint(),
                        epoch.heal(),
                        epoch.incident());
                JournalMark behind = mark.withLastLsn(before).withConfirmLsn(creation.consistentPoint());
                try (PostgresLedger ledger = new PostgresLedger(database, database.connectForLongQueries())) {
                    return ledger.begin(begun, behind, creation.snapshot());
                }
            }
        });
    }

    @Override
    public CaptureSource capture() {
        return captures.apply(this::requireServes);
    }

    /** A proxy, or an address that moves at a failover, may lead one connection here and the next to another server. */
    private void requireServes(int process) {
        run(() -> {
            try (PreparedStatement statement = connection.prepareStatement(WAL_SENDER)) {
                statement.setInt(1, process);
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        throw new AftercommitException(
                                ErrorCode.DATABASE_UNSUITABLE,
                                "The replication connection reaches another server than the relay's other connections to "
                                        + database.config().printable()
                                        + ". OUTBOX_DATABASE_URL must lead all of them to one server, the primary.");
                    }
                }
            }
        });
    }

    @Override
    public long heartbeat() {
        return call(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT pg_logical_emit_message(false, 'aftercommit.heartbeat', '')::text")) {
                row.next();
                return Lsn.of(row.getString(1));
            }
        });
    }

    @Override
    public void close() {
        lock.close();
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("The connection to PostgreSQL did not close: {}", Reason.of(e));
        }
    }

    private interface Call<T> {
        T get() throws SQLException;
    }

    private interface Action {
        void run() throws SQLException;
    }

    private <T> T call(Call<T> call) {
        try {
            return call.get();
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }

    private void run(Action action) {
        try {
            action.run();
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }
}
