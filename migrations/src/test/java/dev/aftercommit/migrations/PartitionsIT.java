package dev.aftercommit.migrations;

import static dev.aftercommit.localservers.Sql.execute;
import static dev.aftercommit.localservers.Sql.query;
import static dev.aftercommit.migrations.Databases.migrated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.localservers.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** V6 makes partitions ahead and drops old ones, and lets no emit wait for it. */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 15, 16, 17, 18})
class PartitionsIT {
    private static final String TODAY = "date_trunc('day', now())";
    /** Ten days ago, whose partition is to be dropped after seven. */
    private static final String OLD = TODAY + " - interval '10 days'";

    private static final String OLD_PARTITION =
            "(SELECT name FROM outbox.partition_status() WHERE from_time = " + OLD + ")";
    private static final String TAIL = "'00000001-0000000000000064-00000000'";

    private static PostgresServer server;

    @Parameter
    int major;

    private DataSource database;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.builder().majorVersion(major).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void migrate() {
        database = migrated(server);
        execute(database, """
                CREATE FUNCTION public.event_id(moment timestamptz, n int) RETURNS uuid LANGUAGE sql
                RETURN (left(outbox.id_at(moment)::text, 14) || '7000-8000-' || lpad(n::text, 12, '0'))::uuid""");
    }

    @Test
    void aPartitionTakesTheEventsOfItsTimeAndIsPublishedAsItsParent() {
        assertThat(make(TODAY)).isEqualTo("made");
        emit(TODAY + " + interval '1 hour'", 1, "now()");
        emit(TODAY + " + interval '25 hours'", 2, "now()");

        String partition = query(
                        database, "SELECT 'event_' || to_char(" + TODAY + " AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MI')")
                .getFirst();
        assertThat(query(database, "SELECT tableoid::regclass FROM outbox.event ORDER BY id"))
                .containsExactly("outbox." + partition, "outbox.event_default");
        assertThat(query(
                        database,
                        "SELECT name, from_time = " + TODAY + ", to_time = " + TODAY
                                + " + interval '1 day' FROM outbox.partition_status()"))
                .containsExactly(partition + "|t|t", "event_default|null|null");
        assertThat(query(database, "SELECT schemaname, tablename FROM pg_publication_tables"))
                .containsExactly("outbox|event");
        assertThatThrownBy(() -> execute(database, insert(TODAY, 3, "now()").replace("'account'", "'a.b'")))
                .hasMessageContaining("aggregate_type must be");
    }

    @Test
    void whatIsInTheDefaultPartitionStaysThereAndOnlyItsOwnTimeIsTaken() {
        emit("now()", 1, "now()");

        assertThat(make(TODAY)).isEqualTo("taken");
        assertThat(make(TODAY + " + interval '1 day'")).isEqualTo("made");
        assertThat(make(TODAY + " + interval '1 day'")).isEqualTo("taken");
        assertThat(query(database, "SELECT tableoid::regclass FROM outbox.event"))
                .containsExactly("outbox.event_default");
    }

    @Test
    void anEmitThatComesWhileAPartitionIsMadeGetsIntoIt() throws Exception {
        try (Connection maker = database.getConnection();
                Statement making = maker.createStatement();
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            maker.setAutoCommit(false);
            making.execute("SELECT outbox.make_partition(" + TODAY + ", " + TODAY + " + interval '1 day')");
            Future<?> emit = threads.submit(() -> emit("now()", 1, "now()"));
            while (query(database, "SELECT FROM pg_locks WHERE NOT granted").isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            maker.commit();
            emit.get();
        }
        assertThat(query(database, "SELECT tableoid::regclass = 'outbox.event_default'::regclass FROM outbox.event"))
                .containsExactly("f");
    }

    @Test
    void whoeverMayReadTheOutboxMayReadANewPartitionToo() {
        execute(database, "CREATE ROLE reader_" + major + "; GRANT SELECT ON outbox.event TO reader_" + major);

        make(TODAY);

        assertThat(
                        query(
                                database,
                                "SELECT has_table_privilege('reader_" + major
                                        + "', inhrelid, 'SELECT'), has_table_privilege('reader_" + major
                                        + "', inhrelid, 'INSERT') FROM pg_inherits"
                                        + " WHERE inhparent = 'outbox.event'::regclass AND inhrelid <> 'outbox.event_default'::regclass"))
                .containsExactly("t|f");
    }

    @Test
    void noEmitWaitsWhileSomebodyHoldsTheTableForLong() throws Exception {
        makeOldPartition();
        prove("now()");
        AtomicBoolean done = new AtomicBoolean();
        try (Connection holder = database.getConnection();
                Statement held = holder.createStatement();
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            holder.setAutoCommit(false);
            held.execute(insert("now()", 1, "now()"));
            Future<Integer> emits = threads.submit(() -> emitWithoutWaiting(done));
            for (int i = 0; i < 5; i++) {
                assertThat(make(TODAY + " + interval '1 day'")).isEqualTo("busy");
                assertThat(drop(OLD_PARTITION)).isEqualTo("busy");
            }
            done.set(true);
            assertThat(emits.get()).isPositive();
            holder.rollback();
        }
        assertThat(make(TODAY + " + interval '1 day'")).isEqualTo("made");
        assertThat(drop(OLD_PARTITION)).isEqualTo("dropped");
    }

    /** Who has to wait for a lock for a millisecond fails. */
    private int emitWithoutWaiting(AtomicBoolean done) throws SQLException {
        int emitted = 0;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '1ms'");
            while (!done.get()) {
                statement.execute(insert("now()", 1_000 + emitted++, "now()"));
            }
        }
        return emitted;
    }

    @Test
    void aPartitionIsDroppedWhenAllOfItIsOldProvenStoredAndNotHeldBack() {
        makeOldPartition();
        assertThat(drop("'no_such'")).isEqualTo("unknown");
        assertThat(drop(OLD_PARTITION, "30 days", TAIL, 1)).isEqualTo("young");
        assertThat(drop(OLD_PARTITION)).as("nothing was journaled").isEqualTo("fenced");
        journal(OLD, 1, "published", 100);
        assertThat(drop(OLD_PARTITION)).as("nothing was proven").isEqualTo("unproven");
        prove(OLD + " + interval '1 hour'");
        assertThat(drop(OLD_PARTITION)).as("proven before the insert").isEqualTo("unproven");
        prove("now()");
        execute(database, "UPDATE outbox.journal SET proven_parts = ARRAY['outbox.event_default'::regclass::oid]");
        assertThat(drop(OLD_PARTITION)).as("attached since it was proven").isEqualTo("unproven");
        prove("now()");
        assertThat(drop(OLD_PARTITION, "7 days", "'00000001-0000000000000063-00000000'", 1))
                .isEqualTo("owed");
        assertThat(drop(OLD_PARTITION, "7 days", "NULL", 1))
                .as("an empty stream")
                .isEqualTo("owed");
        assertThat(drop(OLD_PARTITION, "7 days", TAIL, 2)).isEqualTo("fenced");
        execute(
                database,
                "INSERT INTO outbox.parked_event SELECT id, aggregate_type, aggregate_id, 'p', 'refused', 'x'"
                        + " FROM outbox.event");
        assertThat(drop(OLD_PARTITION)).isEqualTo("parked");
        execute(database, "DELETE FROM outbox.parked_event");
        String name = query(database, "SELECT " + OLD_PARTITION).getFirst();

        assertThat(drop(OLD_PARTITION)).isEqualTo("dropped");

        assertThat(query(database, "SELECT name FROM outbox.partition_status()"))
                .containsExactly("event_default");
        assertThat(query(
                        database,
                        "SELECT name, from_time = " + OLD + ", first_id = last_id, newest_at = " + OLD
                                + " + interval '1 hour' FROM outbox.dropped_partition"))
                .containsExactly(name + "|t|t|t");
    }

    @Test
    void aPartitionWhoseTimeIsNotOverStaysHoweverOldItsRows() {
        make(TODAY);
        emit(TODAY, 1, OLD);
        journal(TODAY, 1, "published", 100);
        prove("now()");

        assertThat(drop("(SELECT name FROM outbox.partition_status() WHERE from_time = " + TODAY + ")"))
                .isEqualTo("young");
    }

    @Test
    void aLateEventKeepsItsOldPartition() {
        makeOldPartition();
        journal(OLD, 1, "published", 100);
        prove("now()");
        emit(OLD, 2, "now()");

        assertThat(drop(OLD_PARTITION)).isEqualTo("young");
    }

    @Test
    void whoSeesOnlyWhatWasThereBeforeTheLockIsRefused() {
        makeOldPartition();

        assertThatThrownBy(() -> execute(
                        database,
                        "BEGIN ISOLATION LEVEL REPEATABLE READ; " + dropping(OLD_PARTITION, "7 days", TAIL, 1)))
                .hasMessageContaining("does not see what was inserted before");
    }

    @Test
    void aDefaultPartitionOfOldRowsIsReplacedByAnEmptyOne() {
        assertThat(drop("'event_default'")).isEqualTo("empty");
        emit("'2099-01-01'", 1, OLD);
        journal("'2099-01-01'", 1, "published", 100);
        prove("now()");

        assertThat(drop("'event_default'")).isEqualTo("dropped");

        assertThat(query(database, "SELECT name, newest_at FROM outbox.partition_status()"))
                .containsExactly("event_default|null");
        emit("now()", 2, "now()");
    }

    @Test
    void theJournalKeepsWhatOutlivesItsEventsAndItsNewestRow() {
        makeOldPartition();
        journal(OLD, 1, "published", 100);
        journal(OLD, 2, "parked", 101);
        execute(
                database,
                "INSERT INTO outbox.parked_event VALUES (public.event_id(" + OLD
                        + ", 2), 'account', '1', 'p', 'refused', 'x')");
        journal(OLD, 3, "discarded", 102);
        prove("now()");
        execute(database, "UPDATE outbox.journal SET written_at = " + OLD);

        assertThat(prune()).as("its event is there").isEqualTo("0");
        execute(
                database,
                "TRUNCATE "
                        + query(database, "SELECT " + "'outbox.' || " + OLD_PARTITION)
                                .getFirst());
        assertThat(query(database, "SELECT outbox.prune_journal('30 days')")).containsExactly("0");
        execute(database, "UPDATE outbox.journal SET proven_since = " + OLD);
        assertThat(prune()).as("its event may be one that cannot be seen yet").isEqualTo("0");
        execute(database, "UPDATE outbox.journal SET proven_since = now()");
        assertThat(prune()).as("its event is held back").isEqualTo("1");
        execute(database, "DELETE FROM outbox.parked_event");
        assertThat(prune()).isEqualTo("2");
        assertThat(query(database, "SELECT entry FROM outbox.journal")).containsExactly("4");
        assertThat(prune()).as("the newest").isEqualTo("0");
    }

    @Test
    void theJournalKeepsWhatTheSlotMayDeliverAgain() {
        execute(database, """
                INSERT INTO outbox.epoch (epoch, slot_name, system_identifier, first_lsn)
                VALUES (1, 'outbox', '7', '0/0'), (2, 'outbox', '8', '0/0'), (3, 'outbox', '8', '0/0')
                """);
        for (int entry = 1; entry <= 4; entry++) {
            journal(OLD, entry, "published", 100);
        }
        prove("now()");
        execute(database, "UPDATE outbox.journal SET written_at = " + OLD + ", epoch = 2, last_lsn = '0/1'");
        execute(database, "UPDATE outbox.journal SET epoch = 1, last_lsn = 'F/0' WHERE entry = 1");
        execute(database, "UPDATE outbox.journal SET last_lsn = 'F/0' WHERE entry = 3");

        assertThat(prune()).as("no slot: only what is of another cluster").isEqualTo("1");
        execute(database, "SELECT pg_create_logical_replication_slot('outbox', 'pgoutput')");
        assertThat(prune()).as("the slot may come back to the other").isEqualTo("1");
        assertThat(query(database, "SELECT min(entry) FROM outbox.journal")).containsExactly("3");
        execute(database, "SELECT pg_drop_replication_slot('outbox')");
    }

    @Test
    void aLargeDefaultPartitionIsLeftToPeopleWhoTurnItIntoOneOfItsOwn() {
        execute(database, "ALTER TABLE outbox.event_default SET (fillfactor = 10)");
        execute(
                database,
                "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)"
                        + " SELECT public.event_id(now(), n), 'account', '1', 'Changed', to_json(repeat('x', 450))"
                        + " FROM generate_series(1, 8300) AS n");
        String end = TODAY + " + interval '2 days'";
        assertThat(make(end)).isEqualTo("large");
        assertThatThrownBy(() -> execute(database, "SELECT outbox.renew_default(" + end + ")"))
                .hasMessageContaining("nothing proves which ids it holds");
        String bound = query(database, "SELECT outbox.id_at(" + end + ")").getFirst();
        execute(
                database,
                "ALTER TABLE outbox.event_default ADD CONSTRAINT event_default_range CHECK (id < '" + bound
                        + "') NOT VALID");
        execute(database, "ALTER TABLE outbox.event_default VALIDATE CONSTRAINT event_default_range");

        String renamed =
                query(database, "SELECT outbox.renew_default(" + end + ")").getFirst();

        assertThat(make(end)).isEqualTo("made");
        emit(TODAY + " + interval '1 day'", 9_999, "now()");
        emit("'2099-01-01'", 1, "now()");
        assertThat(query(database, "SELECT tableoid::regclass, count(*) FROM outbox.event GROUP BY 1 ORDER BY 2"))
                .containsExactly("outbox.event_default|1", "outbox." + renamed + "|8301");
    }

    @Test
    void theFunctionsAreTheRelaysAndNeedNothingButExecute() throws SQLException {
        makeOldPartition();
        String role = "relay_" + major;
        execute(database, "CREATE ROLE " + role + "; GRANT USAGE ON SCHEMA outbox TO " + role);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + role);
            assertThatThrownBy(() -> statement.execute("SELECT outbox.make_partition(now(), now() + interval '1 day')"))
                    .hasMessageContaining("permission denied");
            statement.execute("RESET ROLE");
            statement.execute("GRANT EXECUTE ON FUNCTION outbox.partition_status(),"
                    + " outbox.make_partition(timestamptz, timestamptz), outbox.drop_partition(text, interval, text, int),"
                    + " outbox.prune_journal(interval, int) TO " + role);
            statement.execute("SET ROLE " + role);
            statement.execute("SELECT outbox.make_partition(now(), now() + interval '1 day')");
            statement.execute("SELECT outbox.drop_partition('no_such', '7 days', NULL, 1)");
            statement.execute("SELECT outbox.prune_journal('7 days')");
            statement.execute("SELECT * FROM outbox.partition_status()");
        }
        assertThat(query(database, "SELECT count(*) FROM outbox.partition_status()"))
                .containsExactly("3");
    }

    private String make(String from) {
        return query(database, "SELECT outbox.make_partition(" + from + ", " + from + " + interval '1 day')")
                .getFirst();
    }

    private void makeOldPartition() {
        assertThat(make(OLD)).isEqualTo("made");
        emit(OLD, 1, OLD + " + interval '1 hour'");
    }

    private String drop(String name) {
        return drop(name, "7 days", TAIL, 1);
    }

    private String drop(String name, String retention, String tail, int term) {
        return query(database, dropping(name, retention, tail, term)).getFirst();
    }

    private static String dropping(String name, String retention, String tail, int term) {
        return "SELECT outbox.drop_partition(%s, '%s', %s, %d)".formatted(name, retention, tail, term);
    }

    private String prune() {
        return query(database, "SELECT outbox.prune_journal('7 days')").getFirst();
    }

    private void emit(String idTime, int number, String createdAt) {
        execute(database, insert(idTime, number, createdAt));
    }

    private static String insert(String idTime, int number, String createdAt) {
        return "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, created_at)"
                + " VALUES (public.event_id(%s, %d), 'account', '1', 'Changed', '{}', %s)"
                        .formatted(idTime, number, createdAt);
    }

    /** One event in a row of its own, with an LSN of its commit. */
    private void journal(String idTime, int number, String kind, int lsn) {
        execute(database, """
                INSERT INTO outbox.journal (entry, term, kind, epoch, events, packed, first_position, last_position,
                                            last_lsn, confirm_lsn, tail_sequence)
                SELECT COALESCE((SELECT max(entry) FROM outbox.journal), 0) + 1, 1, '%3$s', 1, 1,
                       uuid_send(public.event_id(%1$s, %2$d)) || int8send(%4$d) || int4send(0) || int8send(0),
                       p, p, '0/0', '0/0', 1
                  FROM format('00000001-%%s-00000000', lpad(to_hex(%4$d), 16, '0')) AS p
                """.formatted(idTime, number, kind, lsn));
    }

    /** A row that notes that all is proven that was inserted up to then. */
    private void prove(String since) {
        execute(database, """
                INSERT INTO outbox.journal (entry, term, kind, epoch, events, packed, last_lsn, confirm_lsn, tail_sequence,
                                            proven, proven_at, proven_since, proven_entry, proven_parts)
                SELECT COALESCE((SELECT max(entry) FROM outbox.journal), 0) + 1, 1, 'published', 0, 0, '', '0/0', '0/0', 1,
                       pg_current_snapshot(), now(), %s, 1,
                       (SELECT array_agg(inhrelid) FROM pg_inherits WHERE inhparent = 'outbox.event'::regclass)
                """.formatted(since));
    }
}
