package dev.aftercommit.relay.debezium;

import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.postgres.SlotNames;
import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresChangeEventSourceCoordinator;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresEventDispatcher;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.PostgresStreamingChangeEventSource;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM load Debezium beside the relay's first queries, and on a standby long before it is needed: otherwise half of
 * a start is spent on it, between the last query and the first change. Nothing depends on what comes of it.
 */
public final class DebeziumWarmUp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DebeziumWarmUp.class);
    private static final Duration END = Duration.ofSeconds(5);

    private static final List<Class<?>> NEEDED_LAST = List.of(
            OutboxConnectorTask.class,
            OutboxReplicationStream.class,
            PgOutputReader.class,
            PostgresChangeEventSourceCoordinator.class,
            PostgresEventDispatcher.class,
            PostgresReplicationConnection.class,
            PostgresSchema.class,
            PostgresStreamingChangeEventSource.class,
            TypeRegistry.class);

    private final Thread thread;

    private DebeziumWarmUp(Thread thread) {
        this.thread = thread;
    }

    /** Begins; connects to nothing. */
    public static DebeziumWarmUp start(DatabaseConfig database, SlotNames names) {
        return new DebeziumWarmUp(Thread.ofPlatform().name("warm-up").daemon().start(() -> load(database, names)));
    }

    private static void load(DatabaseConfig database, SlotNames names) {
        try {
            Properties properties = DebeziumProperties.of(database, names, "warm-up");
            DebeziumCapture.engine(properties, (success, message, error) -> {});
            PostgresConnectorConfig config = new PostgresConnectorConfig(Configuration.from(properties));
            // Debezium registers its MBeans there; a server with those of the JVM takes a quarter of a second to make.
            ManagementFactory.getPlatformMBeanServer();
            for (Class<?> needed : NEEDED_LAST) {
                MethodHandles.lookup().ensureInitialized(needed);
            }
            LOG.debug("Debezium is loaded, for {}", config.getLogicalName());
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("Debezium could not be loaded ahead; what is wrong is said when it is needed", e);
        }
    }

    /** Waits for the end: a JVM that records for its class archive crashes when classes are loaded while it exits. */
    @Override
    public void close() {
        try {
            thread.join(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
