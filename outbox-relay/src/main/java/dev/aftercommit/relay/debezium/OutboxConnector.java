package dev.aftercommit.relay.debezium;

import io.debezium.connector.postgresql.PostgresConnector;
import org.apache.kafka.connect.connector.Task;

/** Debezium's PostgreSQL connector with our task. Public because the engine makes it by its name. */
public final class OutboxConnector extends PostgresConnector {
    @Override
    public Class<? extends Task> taskClass() {
        return OutboxConnectorTask.class;
    }
}
