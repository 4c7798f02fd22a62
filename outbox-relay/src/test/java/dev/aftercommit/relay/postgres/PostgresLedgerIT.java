package dev.aftercommit.relay.postgres;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.LedgerContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresLedgerIT extends LedgerContract {
    private static PostgresServer server;
    private static int databases;

    private final List<Connection> open = new ArrayList<>();
    private Database database;
    private PostgresSource source;
    private Ledger ledger;
    private int events;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void makeDatabase() {
        String name = "ledger" + ++databases;
        server.createDatabase(name);
        Migrations.outbox(server.dataSource(name)).migrate();
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
