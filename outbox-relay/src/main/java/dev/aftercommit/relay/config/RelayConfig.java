package dev.aftercommit.relay.config;

/**
 * Everything the relay is told.
 *
 * @param source the source name, such as {@code accounts}
 * @param httpPort where health, metrics and status are served; 0 for any free port
 * @param streamReplicas of a stream that the relay makes; an existing one keeps what it has
 * @param walBudgetBytes how much WAL the slot may hold back while the stream takes nothing; 0 for the default
 * @param partitions of the table of events
 */
public record RelayConfig(
        String source,
        DatabaseConfig database,
        NatsConfig nats,
        int httpPort,
        int streamReplicas,
        long walBudgetBytes,
        PartitionConfig partitions) {}
