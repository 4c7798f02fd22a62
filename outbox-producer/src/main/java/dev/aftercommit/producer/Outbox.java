package dev.aftercommit.producer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jooq.Configuration;
import org.jooq.DSLContext;

/**
 * Emits domain events in a service's own transaction: they exist if, and only if, it commits.
 *
 * <pre>{@code
 * dsl.transaction(tx -> {
 *     tx.dsl().insertInto(ACCOUNT)...execute();
 *     Outbox.emit(tx, new AccountCreated(id, email));
 * });
 * }</pre>
 *
 * <p>The transaction is a jOOQ {@link Configuration} or {@link DSLContext} in a transaction, or a JDBC
 * {@link Connection} with autocommit off; under Spring's {@code @Transactional}, the {@code DSLContext} that Spring Boot
 * configures, or a connection of {@code DataSourceUtils}. An event is a record with {@link DomainEvent} and
 * {@link AggregateId}, written as JSON. Its headers travel with it, as {@code traceparent} or {@code tenant} may.
 *
 * <p>In a handler of the consumer SDK, with the handler's transaction, an event is emitted once as all that the handler does in
 * it, and carries on {@code correlationid}, {@code causationid} and the trace context, unless its own headers say otherwise
 * ({@link dev.aftercommit.contract.EventContext}).
 *
 * <p>An emit is one INSERT and one round trip. {@code emitAll} is one, too, whatever the number of events, up to 32 MiB
 * of them; beyond, one for each 32 MiB.
 *
 * <p>Every method throws {@link AftercommitException}. What is wrong with the call itself is found out before a statement
 * is sent, so the transaction stays usable: {@link ErrorCode#NO_TRANSACTION}, {@link ErrorCode#NOT_A_DOMAIN_EVENT},
 * {@link ErrorCode#INVALID_AGGREGATE_ID}, {@link ErrorCode#INVALID_HEADER}, {@link ErrorCode#PAYLOAD_TOO_LARGE} and
 * {@link ErrorCode#PAYLOAD_UNREADABLE}. {@code emitAll} then emits none of its events. What PostgreSQL refuses
 * ({@link ErrorCode#DATABASE_UNSUITABLE}, {@link ErrorCode#DATABASE_UNAVAILABLE}) has the driver's {@link SQLException}
 * as its cause, with the SQLState by which serialization failures are told, and leaves the transaction as any failed
 * statement does.
 *
 * <p>Stateless and safe for use by many threads, virtual ones included, each with its own transaction.
 */
public final class Outbox {
    private Outbox() {}

    /** Emits an event in a JDBC transaction. */
    public static EmitReceipt emit(Connection tx, Object event) {
        return emit(tx, event, Map.of());
    }

    /** Emits an event in a JDBC transaction, with headers of its own. */
    public static EmitReceipt emit(Connection tx, Object event, Map<String, String> headers) {
        Transactions.require(tx);
        OutboxRow row = OutboxRow.of(event, headers);
        OutboxTable.insert(tx, row);
        return new EmitReceipt(row.id());
    }

    /** Emits an event in a jOOQ transaction. */
    public static EmitReceipt emit(Configuration tx, Object event) {
        return emit(tx, event, Map.of());
    }

    /** Emits an event in a jOOQ transaction, with headers of its own. */
    public static EmitReceipt emit(Configuration tx, Object event, Map<String, String> headers) {
        OutboxRow row = OutboxRow.of(event, headers);
        Transactions.onConnectionOf(tx, connection -> OutboxTable.insert(connection, row));
        return new EmitReceipt(row.id());
    }

    /** Emits an event in a jOOQ transaction. */
    public static EmitReceipt emit(DSLContext tx, Object event) {
        return emit(tx, event, Map.of());
    }

    /** Emits an event in a jOOQ transaction, with headers of its own. */
    public static EmitReceipt emit(DSLContext tx, Object event, Map<String, String> headers) {
        return emit(Transactions.configurationOf(tx), event, headers);
    }

    /** Emits events in a JDBC transaction, in their order. */
    public static List<EmitReceipt> emitAll(Connection tx, Collection<?> events) {
        return emitAll(tx, events, Map.of());
    }

    /** Emits events in a JDBC transaction, in their order, each with these headers. */
    public static List<EmitReceipt> emitAll(Connection tx, Collection<?> events, Map<String, String> headers) {
        Transactions.require(tx);
        List<OutboxRow> rows = OutboxRow.of(events, headers);
        OutboxTable.insertAll(tx, rows, OutboxTable.MAX_STATEMENT_BYTES);
        return receipts(rows);
    }

    /** Emits events in a jOOQ transaction, in their order. */
    public static List<EmitReceipt> emitAll(Configuration tx, Collection<?> events) {
        return emitAll(tx, events, Map.of());
    }

    /** Emits events in a jOOQ transaction, in their order, each with these headers. */
    public static List<EmitReceipt> emitAll(Configuration tx, Collection<?> events, Map<String, String> headers) {
        List<OutboxRow> rows = OutboxRow.of(events, headers);
        Transactions.onConnectionOf(
                tx, connection -> OutboxTable.insertAll(connection, rows, OutboxTable.MAX_STATEMENT_BYTES));
        return receipts(rows);
    }

    /** Emits events in a jOOQ transaction, in their order. */
    public static List<EmitReceipt> emitAll(DSLContext tx, Collection<?> events) {
        return emitAll(tx, events, Map.of());
    }

    /** Emits events in a jOOQ transaction, in their order, each with these headers. */
    public static List<EmitReceipt> emitAll(DSLContext tx, Collection<?> events, Map<String, String> headers) {
        return emitAll(Transactions.configurationOf(tx), events, headers);
    }

    private static List<EmitReceipt> receipts(List<OutboxRow> rows) {
        return rows.stream().map(row -> new EmitReceipt(row.id())).toList();
    }
}
