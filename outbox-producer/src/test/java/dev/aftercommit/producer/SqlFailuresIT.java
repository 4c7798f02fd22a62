package dev.aftercommit.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.producer.Events.AccountCreated;
import dev.aftercommit.producer.Events.Raw;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What PostgreSQL refuses says what to do, and stays recognisable to code that retries. */
@OutboxTest(database = OutboxTest.Database.PER_CLASS, schema = OutboxDatabase.Table.class)
class SqlFailuresIT {
    private static final AccountCreated FINE = new AccountCreated("1", "a@example.org");
    private static OutboxDatabase database;

    @BeforeAll
    static void start(OutboxFixture fixture) {
        database = new OutboxDatabase(fixture);
        database.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
        database.execute("CREATE ROLE service LOGIN PASSWORD 'service'");
        database.execute("GRANT outbox_writer TO service");
    }

    @Test
    void aDatabaseWithoutOutboxSaysToMigrate() throws SQLException {
        database.execute("ALTER SCHEMA outbox RENAME TO elsewhere");
        try (Connection tx = database.transaction()) {
            assertFails(
                    () -> Outbox.emit(tx, FINE),
                    ErrorCode.DATABASE_UNSUITABLE,
                    "42P01",
                    "relation \"outbox.event\" does not exist",
                    "Run `outbox-relay migrate`");
        }
        assertThatThrownBy(() -> DSL.using(database.dataSource, SQLDialect.POSTGRES)
                        .transaction(tx -> Outbox.emitAll(tx, List.of(FINE))))
                .isInstanceOf(AftercommitException.class)
                .hasMessageContaining("Run `outbox-relay migrate`");
        database.execute("ALTER SCHEMA elsewhere RENAME TO outbox");
    }

    @Test
    void aRoleWithoutPrivilegesSaysWhatToGrant() throws SQLException {
        try (Connection tx = database.transactionAs("stranger")) {
            assertFails(
                    () -> Outbox.emit(tx, FINE), ErrorCode.DATABASE_UNSUITABLE, "42501", "GRANT outbox_writer TO it");
        }
    }

    @Test
    void aMemberOfThatRoleMayEmit() throws SQLException {
        try (Connection tx = database.transactionAs("service")) {
            Outbox.emit(tx, FINE, Map.of("tenant", "blue"));
            Outbox.emitAll(tx, List.of(FINE, FINE));
            tx.commit();
        }
    }

    @Test
    void aReadOnlyTransactionSaysSo() throws SQLException {
        try (Connection tx = database.transaction()) {
            tx.setReadOnly(true);
            assertFails(
                    () -> Outbox.emit(tx, FINE),
                    ErrorCode.DATABASE_UNSUITABLE,
                    "25006",
                    "in a transaction that may write");
        }
    }

    @Test
    void aFailedTransactionPointsToTheEarlierError() throws SQLException {
        try (Connection tx = database.transaction();
                Statement statement = tx.createStatement()) {
            assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
            assertFails(
                    () -> Outbox.emit(tx, FINE),
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "25P02",
                    "An earlier statement of this transaction failed");
        }
    }

    @Test
    void aSerializationFailureIsRecognisableByItsCause() throws SQLException {
        database.execute("""
                CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'could not serialize access' USING ERRCODE = 'serialization_failure';
                END $$;
                CREATE TRIGGER conflict BEFORE INSERT ON outbox.event FOR EACH STATEMENT EXECUTE FUNCTION conflict()""");
        try (Connection tx = database.transaction()) {
            assertFails(
                    () -> Outbox.emit(tx, FINE),
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "40001",
                    "could not serialize access (SQLState 40001)",
                    "run the whole transaction again");
        } finally {
            database.execute("DROP TRIGGER conflict ON outbox.event");
        }
    }

    @Test
    void aRefusedRowIsNotQuotedInTheMessage() throws SQLException {
        try (Connection tx = database.transaction()) {
            assertFails(
                    () -> Outbox.emit(tx, new Raw("1", "{secret")), ErrorCode.PAYLOAD_UNREADABLE, "22P02", "raw JSON");
            assertThatThrownBy(() -> Outbox.emit(tx, new Raw("1", "{secret")))
                    .message()
                    .doesNotContain("secret");
        }
    }

    @Test
    void aClosedConnectionIsNamed() throws SQLException {
        Connection tx = database.transaction();
        tx.close();
        assertFails(
                () -> Outbox.emit(tx, FINE),
                ErrorCode.DATABASE_UNAVAILABLE,
                "08003",
                "while the transaction's connection is open");
    }

    private static void assertFails(Runnable emit, ErrorCode code, String sqlState, String... messages) {
        assertThatThrownBy(emit::run)
                .isInstanceOfSatisfying(AftercommitException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(((SQLException) e.getCause()).getSQLState()).isEqualTo(sqlState);
                })
                .hasMessageContaining("(SQLState " + sqlState + ")")
                .hasMessageContainingAll(messages);
    }
}
