package dev.aftercommit.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.producer.Events.AccountCreated;
import dev.aftercommit.producer.Events.AccountMoved;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.ThreadLocalTransactionProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OutboxTest(database = OutboxTest.Database.PER_CLASS, schema = OutboxDatabase.Table.class)
class OutboxIT {
    private static OutboxDatabase database;
    private static DSLContext dsl;

    @BeforeAll
    static void start(OutboxFixture fixture) {
        database = new OutboxDatabase(fixture);
        dsl = DSL.using(database.dataSource, SQLDialect.POSTGRES);
    }

    @BeforeEach
    void empty() {
        database.empty();
    }

    @Test
    void aRolledBackTransactionEmitsNothing() throws SQLException {
        try (Connection tx = database.transaction()) {
            Outbox.emit(tx, new AccountCreated("1", "a@example.org"));
            Outbox.emitAll(tx, List.of(new AccountCreated("2", "b@example.org")));
            tx.rollback();
        }
        assertThatThrownBy(() -> dsl.transaction(tx -> {
                    Outbox.emit(tx, new AccountCreated("3", "c@example.org"));
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");

        assertThat(database.aggregateIds()).isEmpty();
    }

    @Test
    void aCommittedTransactionEmitsExactlyTheRow() throws SQLException {
        EmitReceipt receipt;
        try (Connection tx = database.transaction()) {
            receipt = Outbox.emit(tx, new AccountCreated("1", "\u00e4\ud83d\ude00@example.org"));
            assertThat(database.aggregateIds()).isEmpty();
            tx.commit();
        }

        assertThat(receipt.eventId().version()).isEqualTo(7);
        assertThat(database.query("""
                        SELECT id, aggregate_type, aggregate_id, event_type, payload, coalesce(headers::text, 'none'),
                            now() - created_at < '1 minute', tx_id < pg_current_xact_id()
                        FROM outbox.event"""))
                .containsExactly(
                        receipt.eventId()
                                + "|account|1|AccountCreated|{\"accountId\":\"1\",\"email\":\"\u00e4\ud83d\ude00@example.org\"}|none|t|t");
    }

    @Test
    void aJooqConfigurationIsATransaction() {
        EmitReceipt receipt = dsl.transactionResult(tx -> Outbox.emit(tx, new AccountCreated("1", "a@example.org")));
        dsl.transaction(tx -> Outbox.emit(tx, new AccountCreated("2", "b@example.org"), Map.of("tenant", "blue")));
        List<EmitReceipt> receipts = dsl.transactionResult(tx ->
                Outbox.emitAll(tx, List.of(new AccountCreated("3", "c@example.org"), new AccountMoved(4, "Ulm"))));

        assertThat(database.aggregateIds()).containsExactly("1", "2", "3", "4");
        assertThat(database.query("SELECT id FROM outbox.event WHERE aggregate_id IN ('1', '3', '4') ORDER BY id"))
                .containsExactly(
                        receipt.eventId().toString(),
                        receipts.get(0).eventId().toString(),
                        receipts.get(1).eventId().toString());
    }

    @Test
    void aDslContextInATransactionIsATransaction() {
        dsl.transaction(tx -> {
            Outbox.emit(tx.dsl(), new AccountCreated("1", "a@example.org"));
            Outbox.emit(tx.dsl(), new AccountCreated("2", "b@example.org"), Map.of("tenant", "blue"));
            Outbox.emitAll(tx.dsl(), List.of(new AccountCreated("3", "c@example.org")));
            Outbox.emitAll(tx.dsl(), List.of(new AccountCreated("4", "d@example.org")), Map.of("tenant", "red"));
        });

        assertThat(database.query("SELECT aggregate_id, coalesce(headers::text, '-') FROM outbox.event ORDER BY id"))
                .containsExactly("1|-", "2|{\"tenant\":\"blue\"}", "3|-", "4|{\"tenant\":\"red\"}");
    }

    @Test
    void aDslContextOnAConnectionWithoutAutocommitIsATransaction() throws SQLException {
        try (Connection tx = database.transaction()) {
            Outbox.emit(DSL.using(tx, SQLDialect.POSTGRES), new AccountCreated("1", "a@example.org"));
            tx.commit();
        }
        assertThat(database.aggregateIds()).containsExactly("1");
    }

    @Test
    void aTransactionBoundToTheThreadIsATransaction() {
        DefaultConfiguration threadBound = new DefaultConfiguration();
        threadBound.setSQLDialect(SQLDialect.POSTGRES);
        threadBound.setTransactionProvider(
                new ThreadLocalTransactionProvider(new DataSourceConnectionProvider(database.dataSource)));
        threadBound.dsl().transaction(() -> Outbox.emit(threadBound, new AccountCreated("1", "a@example.org")));

        assertThat(database.aggregateIds()).containsExactly("1");
    }

    /** As Spring's TransactionAwareDataSourceProxy does it, on which Spring Boot builds the DSLContext. */
    @Test
    void aDataSourceThatHandsOutTheConnectionOfARunningTransactionIsATransaction() throws SQLException {
        try (Connection running = database.transaction()) {
            DSLContext bound = DSL.using(
                    proxy(
                            DataSource.class,
                            (of, method, arguments) -> proxy(
                                    Connection.class,
                                    (handle, call, values) ->
                                            call.getName().equals("close") ? null : call.invoke(running, values))),
                    SQLDialect.POSTGRES);
            Outbox.emit(bound, new AccountCreated("1", "a@example.org"));
            Outbox.emitAll(bound, List.of(new AccountMoved(2, "Ulm")));
            running.rollback();
            Outbox.emit(bound, new AccountCreated("3", "c@example.org"));
            running.commit();
        }
        assertThat(database.aggregateIds()).containsExactly("3");
    }

    @Test
    void aNestedTransactionRolledBackToItsSavepointEmitsNothing() {
        dsl.transaction(outer -> {
            Outbox.emit(outer, new AccountCreated("1", "a@example.org"));
            assertThatThrownBy(() -> outer.dsl().transaction(inner -> {
                        Outbox.emit(inner, new AccountCreated("2", "b@example.org"));
                        throw new IllegalStateException("inner");
                    }))
                    .hasMessage("inner");
            outer.dsl().transaction(inner -> Outbox.emit(inner, new AccountCreated("3", "c@example.org")));
            Outbox.emit(outer.dsl(), new AccountCreated("4", "d@example.org"));
        });

        assertThat(database.aggregateIds()).containsExactly("1", "3", "4");
    }

    @Test
    void headersAndVersionTravelWithTheEvent() throws SQLException {
        Map<String, String> headers = Map.of("traceparent", "00-\u00e4\"\\\n-01");
        try (Connection tx = database.transaction()) {
            Outbox.emit(tx, new AccountMoved(1, "Ulm"));
            Outbox.emit(tx, new AccountMoved(2, "Ulm"), headers);
            Outbox.emit(tx, new AccountCreated("3", "a@example.org"), headers);
            Outbox.emitAll(tx, List.of(new AccountMoved(4, "Ulm"), new AccountCreated("5", "b@example.org")), headers);
            Outbox.emitAll(tx, List.of(new AccountMoved(6, "Ulm"), new AccountCreated("7", "b@example.org")));
            tx.commit();
        }

        assertThat(database.query("""
                        SELECT aggregate_id, coalesce(headers ->> 'eventversion', '-'),
                            coalesce(headers ->> 'traceparent', '-'), headers IS NULL
                        FROM outbox.event ORDER BY id"""))
                .containsExactly(
                        "1|3|-|f",
                        "2|3|00-\u00e4\"\\\n-01|f",
                        "3|-|00-\u00e4\"\\\n-01|f",
                        "4|3|00-\u00e4\"\\\n-01|f",
                        "5|-|00-\u00e4\"\\\n-01|f",
                        "6|3|-|f",
                        "7|-|-|t");
    }

    @Test
    void aPayloadWithAnEscapedNulIsStoredVerbatim() throws SQLException {
        try (Connection tx = database.transaction()) {
            Outbox.emit(tx, new AccountCreated("1", "a\0b"));
            tx.commit();
        }
        assertThat(database.query("SELECT payload FROM outbox.event"))
                .containsExactly("{\"accountId\":\"1\",\"email\":\"a\\u0000b\"}");
    }

    @Test
    void thePayloadMayBeAsLargeAsTheLimit() throws SQLException {
        int envelope = "{\"accountId\":\"1\",\"email\":\"\"}".length();
        try (Connection tx = database.transaction()) {
            Outbox.emit(tx, new AccountCreated("1", "x".repeat(983_040 - envelope)));
            Outbox.emit(tx, new AccountCreated("\u00e9".repeat(127), "x"), Map.of("a", "x".repeat(16_384 - 8)));
            tx.commit();
        }
        assertThat(database.query("SELECT octet_length(payload::text) FROM outbox.event ORDER BY id LIMIT 1"))
                .containsExactly("983040");
    }

    @Test
    void aBatchKeepsItsOrder() throws SQLException {
        List<AccountCreated> events = accounts(5_000);
        List<EmitReceipt> receipts;
        try (Connection tx = database.transaction()) {
            receipts = Outbox.emitAll(tx, events);
            tx.commit();
        }

        List<String> expected = events.stream().map(AccountCreated::accountId).toList();
        assertThat(database.aggregateIds()).isEqualTo(expected);
        assertThat(database.query("SELECT aggregate_id FROM outbox.event ORDER BY id"))
                .isEqualTo(expected);
        assertThat(database.query("SELECT aggregate_id FROM outbox.event ORDER BY created_at, id"))
                .isEqualTo(expected);
        assertThat(database.query("SELECT id FROM outbox.event ORDER BY ctid"))
                .isEqualTo(receipts.stream()
                        .map(EmitReceipt::eventId)
                        .map(UUID::toString)
                        .toList());
    }

    @Test
    void aHugeBatchKeepsItsOrderOverSeveralStatements() throws SQLException {
        List<AccountCreated> events = accounts(1_000);
        try (Connection tx = database.transaction()) {
            OutboxTable.insertAll(tx, OutboxRow.of(events, Map.of()), 10_000);
            tx.commit();
        }
        assertThat(database.aggregateIds())
                .isEqualTo(events.stream().map(AccountCreated::accountId).toList());
    }

    @Test
    void anEmptyBatchEmitsNothing() throws SQLException {
        try (Connection tx = database.transaction()) {
            assertThat(Outbox.emitAll(tx, List.of())).isEmpty();
        }
        dsl.transaction(tx -> assertThat(Outbox.emitAll(tx, List.of())).isEmpty());
        assertThat(database.aggregateIds()).isEmpty();
    }

    @Test
    void anEmitIsOneRoundTrip() throws SQLException {
        try (Connection tx = counted()) {
            for (int i = 0; i < 20; i++) {
                int before = RoundTrips.count();
                Outbox.emit(tx, new AccountCreated("1", "a@example.org"), Map.of("tenant", "blue"));
                assertThat(RoundTrips.count() - before).isEqualTo(1);

                before = RoundTrips.count();
                Outbox.emit(DSL.using(tx, SQLDialect.POSTGRES), new AccountMoved(1, "Ulm"));
                assertThat(RoundTrips.count() - before).isEqualTo(1);
            }
            tx.commit();
        }
    }

    @Test
    void aBatchIsOneRoundTrip() throws SQLException {
        try (Connection tx = counted()) {
            for (int i = 0; i < 10; i++) {
                int before = RoundTrips.count();
                Outbox.emitAll(tx, accounts(2_000), Map.of("tenant", "blue"));
                assertThat(RoundTrips.count() - before).isEqualTo(1);
            }
            tx.commit();
        }
        assertThat(database.aggregateIds()).hasSize(20_000);
    }

    @Test
    void virtualThreadsEmitAtOnce() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String id = Integer.toString(i);
            threads.add(Thread.startVirtualThread(
                    () -> dsl.transaction(tx -> Outbox.emit(tx, new AccountCreated(id, "a@example.org")))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(database.aggregateIds())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 50).mapToObj(Integer::toString).toList());
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Connection counted() throws SQLException {
        Connection connection = DriverManager.getConnection(
                database.fixture.jdbcUrl() + "?sslmode=disable&gssEncMode=disable&socketFactory="
                        + RoundTrips.class.getName(),
                database.fixture.user(),
                database.fixture.password());
        connection.setAutoCommit(false);
        return connection;
    }

    private static List<AccountCreated> accounts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new AccountCreated(Integer.toString(i), "account-" + i + "@example.org"))
                .toList();
    }
}
