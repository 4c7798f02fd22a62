package dev.aftercommit.relay.debezium;

import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.OutboxChange;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.MessageDecoderContext;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.connector.postgresql.connection.pgoutput.PgOutputMessageDecoder;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/**
 * Reads pgoutput with Debezium's decoder and hands over changes with their position. The decoder drops the commit
 * LSN that a BEGIN message carries, so it is read from the bytes before they are decoded.
 */
final class PgOutputReader {
    private static final String TABLE = "\"outbox\".\"event\"";
    private static final List<String> COLUMNS =
            List.of("id", "aggregate_type", "aggregate_id", "event_type", "payload", "headers");

    private final PostgresConnectorConfig config;
    private final PostgresConnection jdbc;
    private final PgOutputMessageDecoder decoder;

    private boolean inTransaction;
    private long transactionLsn;
    private int ordinal;
    private @Nullable Instant commitTime;

    PgOutputReader(PostgresConnection jdbc, PostgresSchema schema, PostgresConnectorConfig config) {
        this.jdbc = jdbc;
        this.config = config;
        this.decoder = new PgOutputMessageDecoder(new MessageDecoderContext(config, schema), jdbc);
    }

    String slotName() {
        return config.slotName();
    }

    ChainedLogicalStreamBuilder options(ChainedLogicalStreamBuilder builder, PGConnection connection)
            throws SQLException {
        boolean messages = connection.getParameterStatus("server_version") != null;
        return decoder.defaultOptions(builder, version -> messages && serverVersion(connection) >= version);
    }

    /** Reads one message that was received at {@code lsn}. */
    void read(ByteBuffer message, long lsn, ChangeListener listener) throws SQLException, InterruptedException {
        if (message.get(message.position()) == 'B') {
            transactionLsn = message.getLong(message.position() + 1);
        }
        decoder.processMessage(message, decoded -> take(decoded, lsn, listener), jdbc.getTypeRegistry());
    }

    private void take(ReplicationMessage message, long lsn, ChangeListener listener) throws SQLException {
        switch (message.getOperation()) {
            case BEGIN -> {
                inTransaction = true;
                ordinal = 0;
                commitTime = message.getCommitTime();
            }
            case COMMIT -> {
                inTransaction = false;
                listener.onBoundary(lsn);
            }
            case MESSAGE -> {
                if (!inTransaction) {
                    listener.onBoundary(lsn);
                }
            }
            case INSERT ->
                listener.onChange(new OutboxChange(transactionLsn, ordinal++, requireCommitTime(), row(message)));
            case ORIGIN -> {}
            default ->
                throw new SQLException("The publication delivers a " + message.getOperation()
                        + " though it must publish inserts only.");
        }
    }

    private Instant requireCommitTime() throws SQLException {
        if (commitTime == null) {
            throw new SQLException("An insert came outside a transaction.");
        }
        return commitTime;
    }

    private static OutboxChange.Row row(ReplicationMessage message) throws SQLException {
        if (message.isSkippedMessage() || !TABLE.equals(message.getTable())) {
            throw new SQLException("The publication delivers an insert into a table other than outbox.event.");
        }
        List<ReplicationMessage.Column> columns = message.getNewTupleList();
        return new OutboxChange.Row(
                required(columns, 0),
                required(columns, 1),
                required(columns, 2),
                required(columns, 3),
                required(columns, 4),
                value(columns, 5));
    }

    private static String required(List<ReplicationMessage.Column> columns, int index) throws SQLException {
        String value = value(columns, index);
        if (value == null) {
            throw new SQLException("Column " + COLUMNS.get(index) + " of outbox.event came as null.");
        }
        return value;
    }

    private static @Nullable String value(List<ReplicationMessage.Column> columns, int index) throws SQLException {
        String name = COLUMNS.get(index);
        ReplicationMessage.Column column = index < columns.size() ? columns.get(index) : null;
        if (column == null || !column.getName().equals(name)) {
            column = columns.stream()
                    .filter(other -> other.getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new SQLException("The publication does not deliver column " + name
                            + " of outbox.event; it must publish " + String.join(", ", COLUMNS) + "."));
        }
        Object value = column.getValue(() -> null, false);
        return value == null ? null : value.toString();
    }

    private static int serverVersion(PGConnection connection) {
        String version = connection.getParameterStatus("server_version");
        String major = version == null ? "0" : version.split("[^0-9]", 2)[0];
        return Integer.parseInt(major) * 10_000;
    }
}
