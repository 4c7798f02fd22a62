package dev.aftercommit.relay.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One committed outbox row.
 *
 * @param transactionLsn the LSN of its transaction's commit record; 0 when it was read from the table
 * @param ordinal counts the rows of the transaction, or of the table read, from 0
 * @param time when the transaction was committed; when the row was inserted, when it was read from the table
 * @param row the columns that are published
 */
public record OutboxChange(long transactionLsn, int ordinal, Instant time, Row row) {
    /**
     * The published columns.
     *
     * @param id a UUID as PostgreSQL writes it
     * @param payload JSON, verbatim
     * @param headers a JSON object of strings
     */
    public record Row(
            String id,
            String aggregateType,
            String aggregateId,
            String eventType,
            String payload,
            @Nullable String headers) {}
}
