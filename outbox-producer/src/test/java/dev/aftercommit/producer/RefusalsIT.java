package dev.aftercommit.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.producer.Events.AccountCreated;
import dev.aftercommit.producer.Events.Opaque;
import dev.aftercommit.producer.Events.Raw;
import dev.aftercommit.producer.Events.Unserialisable;
import dev.aftercommit.producer.Events.WithoutAggregateId;
import dev.aftercommit.producer.Events.WithoutAnnotation;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a caller gets wrong is refused before a statement is sent, and the transaction goes on. */
@OutboxTest(database = OutboxTest.Database.PER_CLASS, schema = OutboxDatabase.Table.class)
class RefusalsIT {
    private static final AccountCreated FINE = new AccountCreated("1", "a@example.org");
    private static OutboxDatabase database;

    @BeforeAll
    static void start(OutboxFixture fixture) {
        database = new OutboxDatabase(fixture);
    }

    @BeforeEach
    void empty() {
        database.empty();
    }

    static List<Arguments> refusedEvents() {
        String half = "\ud83d";
        return List.of(
                Arguments.of(null, ErrorCode.NOT_A_DOMAIN_EVENT, "The event is null. Emit an instance of a record"),
                Arguments.of(new WithoutAnnotation("1"), ErrorCode.NOT_A_DOMAIN_EVENT, "add @DomainEvent("),
                Arguments.of(
                        new WithoutAggregateId("1"), ErrorCode.NOT_A_DOMAIN_EVENT, "mark the record component that"),
                Arguments.of("text", ErrorCode.NOT_A_DOMAIN_EVENT, "java.lang.String is not a domain event"),
                Arguments.of(new AccountCreated(null, ""), ErrorCode.INVALID_AGGREGATE_ID, "accountId is null; an"),
                Arguments.of(new AccountCreated("", ""), ErrorCode.INVALID_AGGREGATE_ID, "accountId is empty; an"),
                Arguments.of(
                        new AccountCreated("\u00e9".repeat(128), ""),
                        ErrorCode.INVALID_AGGREGATE_ID,
                        "has 256 bytes; an aggregate id has at most 255"),
                Arguments.of(new AccountCreated("a\0", ""), ErrorCode.INVALID_AGGREGATE_ID, "holds a NUL character"),
                Arguments.of(
                        new AccountCreated(half, ""), ErrorCode.INVALID_AGGREGATE_ID, "holds half of a surrogate pair"),
                Arguments.of(
                        new AccountCreated("1", "x".repeat(983_041)),
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "bytes as JSON; a payload has at most 983040"),
                Arguments.of(
                        new AccountCreated("1", "\u20ac".repeat(327_680)),
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "has 983068 bytes as JSON"),
                Arguments.of(
                        new Unserialisable("1", new Opaque()),
                        ErrorCode.PAYLOAD_UNREADABLE,
                        "Unserialisable cannot be written as JSON"),
                Arguments.of(
                        new AccountCreated("1", half), ErrorCode.PAYLOAD_UNREADABLE, "holds half of a surrogate pair"),
                Arguments.of(new Raw("1", "\"\0\""), ErrorCode.PAYLOAD_UNREADABLE, "holds a NUL character"));
    }

    @ParameterizedTest
    @MethodSource("refusedEvents")
    void anEventThatCannotBePublishedIsRefusedAndTheTransactionGoesOn(Object event, ErrorCode code, String message)
            throws SQLException {
        theTransactionGoesOnAfter(tx -> assertRefused(() -> Outbox.emit(tx, event), code, message));
        theTransactionGoesOnAfter(tx -> assertRefused(
                () -> Outbox.emitAll(tx, Arrays.asList(FINE, event, FINE)),
                code,
                "Event 2 of 3, and so none of them: ",
                message));
        theJooqTransactionGoesOnAfter(tx -> {
            assertRefused(() -> Outbox.emit(tx, event), code, message);
            assertRefused(() -> Outbox.emit(tx.dsl(), event), code, message);
            assertRefused(() -> Outbox.emitAll(tx, Arrays.asList(FINE, event)), code, message);
            assertRefused(() -> Outbox.emitAll(tx.dsl(), Arrays.asList(event)), code, message);
        });
    }

    static List<Arguments> refusedHeaders() {
        Map<String, String> nullName = new HashMap<>();
        nullName.put(null, "x");
        Map<String, String> nullValue = new HashMap<>();
        nullValue.put("a", null);
        return List.of(
                Arguments.of(Map.of("Nats-Msg-Id", "x"), "\"Nats-Msg-Id\" is reserved"),
                Arguments.of(Map.of("CE-id", "x"), "\"CE-id\" is reserved"),
                Arguments.of(Map.of("outbox-position", "x"), "\"outbox-position\" is reserved"),
                Arguments.of(Map.of("", "x"), "A header has no name"),
                Arguments.of(nullName, "A header has no name"),
                Arguments.of(Map.of("a b", "x"), "Header name \"a b\" holds a character that NATS does not carry"),
                Arguments.of(Map.of("a\r\nb", "x"), "Header name \"a??b\" holds a character"),
                Arguments.of(nullValue, "Header \"a\" has no value"),
                Arguments.of(Map.of("a", "\0"), "one with a NUL character"),
                Arguments.of(Map.of("a", "\ud83d"), "half of a surrogate pair"),
                Arguments.of(
                        Map.of("a", "x".repeat(16_377)), "16385 bytes as JSON; an event's headers have at most 16384"),
                Arguments.of(Map.of("eventversion", "2"), "Set @DomainEvent(version = ...)"),
                Arguments.of(Map.of("datacontenttype", "image/png"), "insert into outbox.event by SQL"),
                Arguments.of(null, "The headers are null"));
    }

    @ParameterizedTest
    @MethodSource("refusedHeaders")
    void headersThatCannotTravelAreRefusedAndTheTransactionGoesOn(Map<String, String> headers, String message)
            throws SQLException {
        theTransactionGoesOnAfter(tx -> {
            assertRefused(() -> Outbox.emit(tx, FINE, headers), ErrorCode.INVALID_HEADER, message);
            assertRefused(() -> Outbox.emitAll(tx, List.of(FINE), headers), ErrorCode.INVALID_HEADER, message);
        });
        theJooqTransactionGoesOnAfter(
                tx -> assertRefused(() -> Outbox.emit(tx, FINE, headers), ErrorCode.INVALID_HEADER, message));
    }

    @Test
    void autocommitIsRefused() throws SQLException {
        try (Connection connection = database.dataSource.getConnection()) {
            String message = "There is no transaction: the connection is in autocommit mode. Emit inside";
            assertRefused(() -> Outbox.emit(connection, FINE), ErrorCode.NO_TRANSACTION, message);
            assertRefused(() -> Outbox.emitAll(connection, List.of(FINE)), ErrorCode.NO_TRANSACTION, message);
            assertRefused(() -> Outbox.emitAll(connection, List.of()), ErrorCode.NO_TRANSACTION, message);
            DSLContext dsl = DSL.using(connection, SQLDialect.POSTGRES);
            assertRefused(() -> Outbox.emit(dsl, FINE), ErrorCode.NO_TRANSACTION, message);
            assertRefused(() -> Outbox.emit(dsl.configuration(), FINE), ErrorCode.NO_TRANSACTION, message);
        }
        assertThat(database.aggregateIds()).isEmpty();
    }

    @Test
    void aDslContextOutsideATransactionIsRefused() {
        try (HikariDataSource pool = pool(true)) {
            DSLContext dsl = DSL.using(pool, SQLDialect.POSTGRES);
            assertRefused(() -> Outbox.emit(dsl, FINE), ErrorCode.NO_TRANSACTION, "autocommit mode");
            assertRefused(() -> Outbox.emitAll(dsl, List.of(FINE)), ErrorCode.NO_TRANSACTION, "autocommit mode");

            // The outer context in place of the transaction's own: a second connection, which nobody commits.
            dsl.transaction(tx -> {
                assertRefused(() -> Outbox.emit(dsl, FINE), ErrorCode.NO_TRANSACTION, "with that tx");
                Outbox.emit(tx, new AccountCreated("2", "b@example.org"));
            });
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
        assertThat(database.aggregateIds()).containsExactly("2");
    }

    @Test
    void aDslContextOutsideATransactionIsRefusedWhenItsPoolHasAutocommitOff() {
        try (HikariDataSource pool = pool(false)) {
            DSLContext dsl = DSL.using(pool, SQLDialect.POSTGRES);
            String message = "the connection went back to its pool right after the event was written";
            assertRefused(() -> Outbox.emit(dsl, FINE), ErrorCode.NO_TRANSACTION, message);
            assertRefused(() -> Outbox.emitAll(dsl.configuration(), List.of(FINE)), ErrorCode.NO_TRANSACTION, message);

            dsl.transaction(tx -> {
                Outbox.emit(tx, new AccountCreated("2", "b@example.org"));
                assertThat(Outbox.emitAll(tx, List.of())).isEmpty();
            });
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
        assertThat(database.aggregateIds()).containsExactly("2");
    }

    @Test
    void aConfigurationWithoutConnectionIsRefused() {
        Configuration none = new DefaultConfiguration();
        assertRefused(() -> Outbox.emit(none, FINE), ErrorCode.NO_TRANSACTION, "has no JDBC connection");
    }

    @Test
    void aNullTransactionIsRefused() {
        assertRefused(() -> Outbox.emit((Connection) null, FINE), ErrorCode.NO_TRANSACTION, "is null");
        assertRefused(() -> Outbox.emit((Configuration) null, FINE), ErrorCode.NO_TRANSACTION, "is null");
        assertRefused(() -> Outbox.emit((DSLContext) null, FINE), ErrorCode.NO_TRANSACTION, "is null");
    }

    private static void assertRefused(Runnable emit, ErrorCode code, String... messages) {
        assertThatThrownBy(emit::run)
                .isInstanceOfSatisfying(
                        AftercommitException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(messages);
    }

    private interface Work {
        void on(Connection tx) throws SQLException;
    }

    private interface JooqWork {
        void on(Configuration tx);
    }

    private static void theTransactionGoesOnAfter(Work refusal) throws SQLException {
        database.empty();
        try (Connection tx = database.transaction();
                Statement statement = tx.createStatement()) {
            statement.execute("INSERT INTO account VALUES ('before')");
            refusal.on(tx);
            statement.execute("INSERT INTO account VALUES ('after')");
            Outbox.emit(tx, FINE);
            tx.commit();
        }
        assertThat(database.query("SELECT id FROM account ORDER BY id")).containsExactly("after", "before");
        assertThat(database.aggregateIds()).containsExactly("1");
    }

    private static void theJooqTransactionGoesOnAfter(JooqWork refusal) {
        database.empty();
        List<String> seen = new ArrayList<>();
        DSL.using(database.dataSource, SQLDialect.POSTGRES).transaction(tx -> {
            tx.dsl().execute("INSERT INTO account VALUES ('before')");
            refusal.on(tx);
            tx.dsl().execute("INSERT INTO account VALUES ('after')");
            seen.add(Outbox.emit(tx, FINE).eventId().toString());
        });
        assertThat(database.query("SELECT id FROM account ORDER BY id")).containsExactly("after", "before");
        assertThat(database.query("SELECT id FROM outbox.event")).isEqualTo(seen);
    }

    private static HikariDataSource pool(boolean autocommit) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource);
        config.setMaximumPoolSize(2);
        config.setAutoCommit(autocommit);
        return new HikariDataSource(config);
    }
}
