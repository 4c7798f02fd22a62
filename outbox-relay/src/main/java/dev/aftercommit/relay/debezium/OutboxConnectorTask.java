package dev.aftercommit.relay.debezium;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.PostgresPartition;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's task with our replication stream in it: the one hook into Debezium. The task connects, watches and
 * reports errors; the changes go from the stream to our listener and never through Debezium's queue
 * (docs/adr/0002). Public because the engine makes it by its name.
 */
public final class OutboxConnectorTask extends PostgresConnectorTask {
    /** The setting by which a task finds the session that it works for: the engine makes tasks without arguments. */
    static final String CAPTURE_ID = "aftercommit.capture.id";

    private static final Map<String, CaptureSession> SESSIONS = new ConcurrentHashMap<>();

    private @Nullable CaptureSession session;

    static void register(String captureId, CaptureSession session) {
        SESSIONS.put(captureId, session);
    }

    static void unregister(String captureId) {
        SESSIONS.remove(captureId);
    }

    @Override
    public ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> start(Configuration config) {
        session = SESSIONS.get(config.getString(CAPTURE_ID));
        return super.start(config);
    }

    @Override
    protected ReplicationConnection buildReplicationConnection(
            PostgresConnection jdbc, PostgresSchema schema, PostgresConnectorConfig config) throws SQLException {
        ReplicationConnection connection = super.buildReplicationConnection(jdbc, schema, config);
        if (session != null && connection instanceof PostgresReplicationConnection postgres) {
            return new OutboxReplicationConnection(postgres, new PgOutputReader(jdbc, schema, config), session);
        }
        throw new IllegalStateException("Debezium's replication connection is not what this relay was built for: "
                + connection.getClass().getName());
    }
}
