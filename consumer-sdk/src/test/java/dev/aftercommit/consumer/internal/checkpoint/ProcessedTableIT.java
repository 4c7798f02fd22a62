package dev.aftercommit.consumer.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@OutboxTest
final class ProcessedTableIT {
    private static final ConsumerIdentity IDENTITY = new ConsumerIdentity("mails", "accounts");
    private static final OutboxPosition POSITION = new OutboxPosition(1, 1_000, 0);
    private static final Duration IDLE = Duration.ofMinutes(1);
    /** From then on the driver and PostgreSQL keep the plan of a statement. */
    private static final int OFTEN = 20;

    private final DataSource database;
    private final ProcessedTable table = new ProcessedTable(IDENTITY);

    ProcessedTableIT(OutboxFixture fixture) {
        database = fixture.dataSource();
    }

    /** Where handlers are slow there is always one. */
    @Test
    void oldEventsAreForgottenThoughAHandlerRuns() throws SQLException {
        Instant now = Instant.now();
        UUID old = id(now.minus(Duration.ofDays(8)));
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            process(connection, old);
            connection.commit();
            Sql.execute(
                    database,
                    "INSERT INTO inbox.checkpoint (consumer, source, partition, stream_identity, stream_sequence,"
                            + " position) VALUES ('mails', 'accounts', -1, 'any', 1, '" + POSITION
                            + "');"
                            + "UPDATE inbox.processed_event SET handled_at = now() - interval '8 days'");
            for (int i = 0; i < OFTEN; i++) {
                process(connection, id(now.plusMillis(i)));
                connection.commit();
            }
            String transaction = table.lock(connection, id(now.minusMillis(1)), IDLE);
            assertThat(transaction).isNotNull();
            assertThat(table.knows(connection, id(now.minusMillis(1)), behind()))
                    .isFalse();

            assertThat(Sql.query(database, "SELECT inbox.forget_processed_events(interval '7 days')"))
                    .hasSize(1);

            connection.rollback();
            assertThat(table.knows(connection, old, behind())).as("forgotten").isFalse();
            assertThat(table.knows(connection, old, POSITION))
                    .as("at the checkpoint")
                    .isTrue();
            assertThat(table.knows(connection, id(now), behind())).isTrue();
        }
    }

    private void process(Connection connection, UUID event) throws SQLException {
        String transaction = table.lock(connection, event, IDLE);
        assertThat(table.knows(connection, event, behind())).isFalse();
        assertThat(table.add(connection, event, POSITION, transaction)).isTrue();
        assertThat(table.knows(connection, event, behind())).isTrue();
    }

    /** Behind every checkpoint of this test. */
    private static OutboxPosition behind() {
        return new OutboxPosition(2, 1, 0);
    }

    private static UUID id(Instant moment) {
        return new UUID(moment.toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0000L);
    }
}
