package dev.aftercommit.consumer.internal.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** With one connection that is lent again and again, as pools do, in either mode. */
@OutboxTest
final class DatabaseWorkIT {
    private final DataSource database;

    DatabaseWorkIT(OutboxFixture fixture) {
        database = fixture.dataSource();
    }

    @BeforeEach
    void makeTable() {
        Sql.execute(database, "CREATE TABLE written (what text)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsWrittenIsCommittedAndTheConnectionIsAsItWas(boolean autoCommit) throws SQLException {
        try (Connection lent = database.getConnection()) {
            lent.setAutoCommit(autoCommit);
            DataSource pool = new SingleConnectionDataSource(lent, true);

            String alone = DatabaseWork.autoCommitted(pool, connection -> write(connection, "alone"));
            assertThat(lent.getAutoCommit()).isEqualTo(autoCommit);
            String together = DatabaseWork.inTransaction(pool, connection -> write(connection, "together"));
            assertThat(lent.getAutoCommit()).isEqualTo(autoCommit);

            assertThat(Sql.query(database, "SELECT what FROM written")).containsExactly(alone, together);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatFailsInATransactionIsRolledBackAndTheConnectionIsAsItWas(boolean autoCommit) throws SQLException {
        try (Connection lent = database.getConnection()) {
            lent.setAutoCommit(autoCommit);
            DataSource pool = new SingleConnectionDataSource(lent, true);

            assertThatThrownBy(() -> DatabaseWork.inTransaction(pool, connection -> {
                        write(connection, "half of it");
                        throw new SQLException("the other half");
                    }))
                    .hasMessage("the other half")
                    .hasNoSuppressedExceptions();

            assertThat(lent.getAutoCommit()).isEqualTo(autoCommit);
            String later = DatabaseWork.autoCommitted(pool, connection -> write(connection, "later"));
            assertThat(Sql.query(database, "SELECT what FROM written")).containsExactly(later);
        }
    }

    private static String write(Connection connection, String what) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO written VALUES ('" + what + "')");
        }
        return what;
    }
}
