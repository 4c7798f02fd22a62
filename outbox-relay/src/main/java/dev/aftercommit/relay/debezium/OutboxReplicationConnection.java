package dev.aftercommit.relay.debezium;

import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.debezium.connector.postgresql.connection.WalPositionLocator;
import io.debezium.connector.postgresql.spi.SlotCreationResult;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/** Debezium's replication connection, whose streams are ours and which never makes a slot. */
final class OutboxReplicationConnection implements ReplicationConnection {
    private static final int STATUS_INTERVAL_MS = 1_000;

    private final PostgresReplicationConnection debezium;
    private final PgOutputReader reader;
    private final CaptureSession session;

    OutboxReplicationConnection(PostgresReplicationConnection debezium, PgOutputReader reader, CaptureSession session) {
        this.debezium = debezium;
        this.reader = reader;
        this.session = session;
    }

    @Override
    public ReplicationStream startStreaming(WalPositionLocator walPosition) throws SQLException {
        PGConnection connection = debezium.connection().unwrap(PGConnection.class);
        session.connected(connection.getBackendPID());
        ChainedLogicalStreamBuilder builder = connection
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName('"' + reader.slotName() + '"')
                // No start position: the server starts where the slot stands.
                .withAutomaticFlush(false)
                .withStatusInterval(STATUS_INTERVAL_MS, TimeUnit.MILLISECONDS);
        PGReplicationStream stream = reader.options(builder, connection).start();
        session.streamingStarted();
        return new OutboxReplicationStream(stream, reader, session);
    }

    @Override
    public ReplicationStream startStreaming(@Nullable Lsn offset, WalPositionLocator walPosition) throws SQLException {
        if (offset != null) {
            throw new SQLException("The slot is the only state of this relay, but Debezium found a stored offset.");
        }
        return startStreaming(walPosition);
    }

    /** A slot that is missing at this point was lost a moment ago; a new one would skip events without a word. */
    @Override
    public Optional<SlotCreationResult> createReplicationSlot() throws SQLException {
        throw new SQLException("The replication slot " + reader.slotName() + " is gone.");
    }

    @Override
    public void initConnection() throws SQLException, InterruptedException {
        debezium.initConnection();
    }

    @Override
    public boolean isConnected() throws SQLException {
        return debezium.isConnected();
    }

    @Override
    public void reconnect() throws SQLException {
        debezium.reconnect();
    }

    @Override
    public void close() {
        debezium.close();
    }
}
