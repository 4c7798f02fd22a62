package dev.aftercommit.relay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.debezium.DebeziumCapture;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.source.SourceContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresSourceIT extends SourceContract {
    private static PostgresServer server;
    private static int databases;

    private final List<Connection> open = new ArrayList<>();
    private Database database;
    private String name;
    private Source source;
    private @Nullable Source another;
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
        name = "source" + ++databases;
        Sql.execute(server.dataSource(), "CREATE DATABASE " + name + " TEMPLATE " + AccountsPostgres.DATABASE);
        database = new Database(new DatabaseConfig(server.jdbcUrl(name), server.user(), server.password()));
        source = connect();
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : open) {
            connection.close();
        }
        source.close();
        if (another != null) {
            another.close();
        }
        await(() -> Sql.query(server.dataSource(), "SELECT FROM pg_replication_slots WHERE active")
                .isEmpty());
        Sql.execute(server.dataSource(name), "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
    }

    private Source connect() {
        return PostgresSource.connect(
                database, SlotNames.DEFAULT, serves -> new DebeziumCapture(database, SlotNames.DEFAULT, serves));
    }

    @Override
    protected Source source() {
        return source;
    }

    @Override
    protected Source another() {
        if (another == null) {
            another = connect();
        }
        return another;
    }

    @Override
    protected Transaction begin() {
        try {
            Connection connection = server.dataSource(name).getConnection();
            open.add(connection);
            connection.setAutoCommit(false);
            return new Running(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Running implements Transaction {
        private final Connection connection;

        Running(Connection connection) {
            this.connection = connection;
        }

        @Override
        public UUID insert() {
            UUID event = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | ++events);
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload) VALUES ('"
                                + event + "', 'account', 'a1', 'Changed', '1')");
                return event;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void commit() {
            try {
                connection.commit();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void rollBack() {
            try {
                connection.rollback();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    protected void alterPublication() {
        sql("ALTER PUBLICATION outbox SET (publish = 'update')");
    }

    @Override
    protected void dropPublication() {
        sql("DROP PUBLICATION outbox");
    }

    @Override
    protected void breakConnections() {
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name
                + "' AND pid <> pg_backend_pid()");
    }

    @Override
    protected void meanwhile(Runnable work) {
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(work);
    }

    @Override
    protected void await(BooleanSupplier condition) {
        Awaitility.await().atMost(RelayWorld.PATIENCE).until(condition::getAsBoolean);
    }

    @Test
    void whoReadsFromTheSlotIsNamed() {
        source.tryToLead();
        source.makePublication();
        sql("SELECT pg_create_logical_replication_slot('outbox', 'pgoutput')");
        try (Capture other = capture();
                Capture late = new Capture()) {
            assertThatThrownBy(late::start)
                    .hasMessage("Streaming did not start: replication slot \"outbox\" is active for PID "
                            + slot().activePid() + ".");
            sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
            await(() -> other.failure.get() != null);
            assertThat(other.failure.get()).hasMessageStartingWith("The replication stream ended: ");
        }
    }

    /** With what the relay's own login may see. */
    @Test
    void aWalsenderAtWorkIsTold() {
        source.tryToLead();
        source.makePublication();
        sql("SELECT pg_create_logical_replication_slot('outbox', 'pgoutput')");
        assertThat(slot().atWork()).isFalse();
        sql("CREATE TABLE large (number bigint)");
        try (Capture capture = capture()) {
            await(() -> !slot().atWork());
            sql("INSERT INTO large SELECT generate_series(1, 1000000)");
            await(() -> slot().atWork());
            await(() -> !slot().atWork());
            assertThat(capture.failure.get()).isNull();
        }
    }

    @Test
    void aSlotThatIsMissingIsNamed() {
        try (Capture capture = new Capture()) {
            assertThatThrownBy(capture::start).hasMessageContaining("outbox").hasMessageEndingWith(".");
        }
    }

    private void sql(String text) {
        Sql.execute(server.dataSource(name), text);
    }
}
