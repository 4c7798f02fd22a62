package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.TablePartition;
import dev.aftercommit.relay.source.TablePartitions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@link TablePartitions} by the functions of the schema {@code outbox}, each call on a connection of its own. */
record PostgresTablePartitions(Database database) implements TablePartitions {
    private static final String LIST =
            "SELECT name, is_default, from_time, to_time, newest_at, bytes FROM outbox.partition_status()";

    @Override
    public List<TablePartition> list() {
        return call(connection -> {
            List<TablePartition> partitions = new ArrayList<>();
            Rows.each(
                    connection,
                    LIST,
                    row -> partitions.add(new TablePartition(
                            row.getString("name"),
                            row.getBoolean("is_default"),
                            instant(row, "from_time"),
                            instant(row, "to_time"),
                            instant(row, "newest_at"),
                            row.getLong("bytes"))));
            return partitions;
        });
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    @Override
    public Making make(Instant from, Instant to) {
        return Making.valueOf(answer(
                "SELECT outbox.make_partition(?, ?)", from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC)));
    }

    @Override
    public Dropping drop(String name, Duration retention, @Nullable OutboxPosition tail, int term) {
        return Dropping.valueOf(answer(
                "SELECT outbox.drop_partition(?, ?::interval, ?, ?)",
                name,
                retention.toString(),
                tail == null ? null : tail.toString(),
                term));
    }

    @Override
    public long pruneJournal(Duration retention) {
        return Long.parseLong(answer("SELECT outbox.prune_journal(?::interval)", retention.toString()));
    }

    private String answer(String query, @Nullable Object... parameters) {
        return call(connection -> {
            List<String> answer = new ArrayList<>(1);
            Rows.each(connection, query, row -> answer.add(row.getString(1).toUpperCase(Locale.ROOT)), parameters);
            return answer.getFirst();
        });
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Under READ COMMITTED: what is checked under a lock must be what is there then. */
    private <T> T call(Work<T> work) {
        try (Connection connection = database.connectForLongQueries()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            return work.on(connection);
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }
}
