package dev.aftercommit.relay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.LedgerContract;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.PackedEvents;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresLedgerIT extends LedgerContract {
    private static PostgresServer server;
    private static int databases;

    private final List<Connection> open = new ArrayList<>();
    private String name;
    private Database database;
    private PostgresSource source;
    private Ledger ledger;
    private int events;

    @BeforeAll
    static void start() {
        server = AccountsPostgres.migrated().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void makeDatabase() {
        name = "ledger" + ++databases;
        Sql.execute(server.dataSource(), "CREATE DATABASE " + name + " TEMPLATE " + AccountsPostgres.DATABASE);
        database = new Database(new DatabaseConfig(server.jdbcUrl(name), server.user(), server.password()));
        source = PostgresSource.forLooking(database, SlotNames.DEFAULT);
        ledger = source.openLedger();
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : open) {
            connection.close();
        }
        ledger.close();
        source.close();
    }

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected Open begin() {
        UUID event = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | ++events);
        try {
            Connection connection = database.connect();
            open.add(connection);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload) VALUES ('"
                                + event + "', 'account', 'a1', 'Changed', '1')");
            }
            return new Transaction(event, connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected void request(UUID event, boolean discard) {
        try (ParkedQueues parked = ParkedQueues.open(database)) {
            parked.request(
                    discard ? ParkedQueues.Request.DISCARD : ParkedQueues.Request.RETRY,
                    new ParkedQueues.Choice(event, null));
        }
    }

    @Test
    void whatRetentionHasDroppedIsKnownByItsPartitionAndItsHighestPosition() throws SQLException {
        UUID kept = event();
        UUID[] dropped = {
            UUID.fromString("01800000-0000-7000-8000-000000000001"),
            UUID.fromString("01800000-0000-7000-8000-000000000003")
        };
        UUID deletedByHand = UUID.fromString("01800001-0000-7000-8000-000000000000");
        ledger.append(List.of(
                row(1, dropped[1], 100), row(2, kept, 200), row(3, dropped[0], 300), row(4, deletedByHand, 400)));
        assertThat(ledger.lastDropped()).isNull();

        drop("event_20220401_0000", dropped[0], dropped[1]);

        assertThat(ledger.lastDropped()).isEqualTo(new OutboxPosition(1, 300, 0));
        assertThat(ledger.dropped(dropped[0]))
                .hasToString("partition event_20220401_0000 with the events of"
                        + " 2022-04-01T00:00:00Z to 2022-04-02T00:00:00Z (dropped at 2022-05-01T00:00:00Z)");
        assertThat(ledger.dropped(kept)).isNull();
        assertThat(ledger.dropped(deletedByHand)).isNull();
    }

    @Test
    void anIncidentNamesTheAggregatesOfWhichAnOlderEventComesBehindANewerOne() throws SQLException {
        UUID overtaken = event("overtaken", 1);
        UUID newer = event("overtaken", 2);
        UUID older = event("in order", 1);
        UUID newest = event("in order", 2);
        UUID first = event("healed whole", 1);
        UUID second = event("healed whole", 2);
        ledger.append(List.of(row(1, newer, 100), row(2, older, 200)));

        ledger.begin(
                new NewEpoch(
                        Epoch.Reason.HEAL,
                        "1",
                        300,
                        new NewEpoch.Heal.These(List.of(overtaken, newest, first, second)),
                        Incident.of(Incident.Kind.UNJOURNALED_ROWS, "4 events")),
                JournalMark.NONE.withTerm(1));

        assertThat(Sql.query(server.dataSource(name), "SELECT kind, events, late FROM outbox.incident"))
                .containsExactly("unjournaled-rows|4|{account/overtaken}");
    }

    private UUID event(String aggregate, int minute) throws SQLException {
        UUID id = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | ++events);
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, created_at)"
                                + " VALUES (?, 'account', ?, 'Changed', '1', timestamptz '2026-01-01Z' + ? * interval '1 min')")) {
            statement.setObject(1, id);
            statement.setString(2, aggregate);
            statement.setInt(3, minute);
            statement.execute();
            return id;
        }
    }

    private UUID event() {
        Open transaction = begin();
        transaction.commit();
        return transaction.event();
    }

    private static JournalRow row(long entry, UUID event, long lsn) {
        PackedEvents.Builder packed = new PackedEvents.Builder(1);
        packed.add(event, lsn, 0, Instant.EPOCH);
        return new JournalRow(entry, JournalRow.Kind.PUBLISHED, 1, packed.build(), JournalMark.NONE.withTerm(1));
    }

    private void drop(String name, UUID first, UUID last) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO outbox.dropped_partition"
                    + " (name, from_time, to_time, first_id, last_id, estimated_rows, bytes, dropped_at) VALUES ('"
                    + name
                    + "', '2022-04-01Z', '2022-04-02Z', '" + first + "', '" + last + "', 2, 8192, '2022-05-01Z')");
        }
    }

    private record Transaction(UUID event, Connection connection) implements Open {
        @Override
        public void commit() {
            try {
                connection.commit();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
