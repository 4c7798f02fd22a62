package dev.aftercommit.relay.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.source.CaptureSource;
import dev.aftercommit.relay.source.OutboxChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The hook into Debezium, against PostgreSQL. */
class CaptureIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static PostgresServer postgres;
    private static Database database;

    private final RecordingListener listener = new RecordingListener();

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        Migrations.outbox(postgres.dataSource()).migrate();
        database = new Database(new DatabaseConfig(postgres.jdbcUrl(), postgres.user(), postgres.password()));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @AfterEach
    void forget() {
        sql("TRUNCATE outbox.event_default");
        await().atMost(PATIENCE)
                .until(() -> query("SELECT count(*) FROM pg_replication_slots WHERE active")
                        .equals("0"));
        sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
    }

    @Test
    void committedRowsComeInTheOrderOfTheirCommitsWithTheLsnOfTheCommitRecord() throws Exception {
        makeSlot();
        String[] ids = {id(3), id(1), id(2), id(4)};
        try (Connection first = postgres.dataSource().getConnection();
                Connection second = postgres.dataSource().getConnection()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            insert(first, ids[2]);
            insert(second, ids[0]);
            insert(second, ids[1]);
            second.commit();
            insert(first, ids[3]);
            first.commit();
        }
        try (CaptureSource source = new DebeziumCapture(database, SlotNames.DEFAULT, anyServer -> {})) {
            source.start(listener);
            await().atMost(PATIENCE).until(() -> listener.changes.size() == 4);
            assertThat(listener.ids()).containsExactly(ids);
            assertThat(listener.changes).extracting(OutboxChange::ordinal).containsExactly(0, 1, 0, 1);
            assertThat(listener.changes)
                    .extracting(OutboxChange::transactionLsn)
                    .isSorted();
            await().atMost(PATIENCE).until(() -> listener.confirmed > 0);
        }
        assertThat(query("SELECT (confirmed_flush_lsn - '0/0')::bigint FROM pg_replication_slots"))
                .isEqualTo(Long.toString(listener.confirmed));
        assertThat(listener.failure.get()).isNull();
    }

    @Test
    void aSlotThatSomebodyElseReadsIsAFailureToStartThatNamesHim() throws Exception {
        makeSlot();
        try (CaptureSource other = new DebeziumCapture(database, SlotNames.DEFAULT, anyServer -> {});
                CaptureSource late = new DebeziumCapture(database, SlotNames.DEFAULT, anyServer -> {})) {
            other.start(new RecordingListener());
            String pid = query("SELECT active_pid FROM pg_replication_slots");
            assertThatThrownBy(() -> late.start(listener))
                    .hasMessage("Streaming did not start: replication slot \"outbox\" is active for PID " + pid + ".")
                    .extracting(e -> ((AftercommitException) e).code())
                    .isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        }
    }

    @Test
    void aSlotThatIsMissingIsAFailureToStartAndIsNotMade() throws Exception {
        try (CaptureSource source = new DebeziumCapture(database, SlotNames.DEFAULT, anyServer -> {})) {
            assertThatThrownBy(() -> source.start(listener))
                    .isInstanceOf(AftercommitException.class)
                    .hasMessageContaining("outbox")
                    .hasMessageEndingWith(".");
        }
        assertThat(query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }

    @Test
    void aSenderThatIsEndedIsReportedOnce() throws Exception {
        makeSlot();
        try (CaptureSource source = new DebeziumCapture(database, SlotNames.DEFAULT, anyServer -> {})) {
            source.start(listener);
            sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
            await().atMost(PATIENCE).until(() -> listener.failure.get() != null);
            assertThat(listener.failure.get()).hasMessageStartingWith("The replication stream ended: ");
        }
    }

    private static String id(int n) {
        return "01900000-0000-7000-8000-%012x".formatted(n);
    }

    private static void makeSlot() {
        sql("SELECT pg_create_logical_replication_slot('outbox', 'pgoutput')");
    }

    private static void insert(Connection connection, String id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload) VALUES ('" + id
                            + "', 'account', 'a', 'T', '1')");
        }
    }

    private static void sql(String text) {
        Sql.execute(postgres.dataSource(), text);
    }

    private static String query(String text) {
        return Sql.query(postgres.dataSource(), text).getFirst();
    }
}
