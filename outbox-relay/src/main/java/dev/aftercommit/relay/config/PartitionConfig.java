package dev.aftercommit.relay.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Partitions of {@code outbox.event} by time.
 *
 * @param width the time that one covers; null to make none
 * @param retention how long events are kept at least; null to keep them for ever
 */
public record PartitionConfig(
        @Nullable Duration width, @Nullable Duration retention) {}
