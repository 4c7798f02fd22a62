package dev.aftercommit.producer;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes rows into {@code outbox.event}: one statement, one round trip. */
final class OutboxTable {
    /** Rows beyond this many bytes go in a further statement; PostgreSQL takes at most 1 GiB, memory is dearer. */
    static final long MAX_STATEMENT_BYTES = 32L << 20;

    private static final String INSERT_ONE = """
            INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers)
            VALUES (?, ?, ?, ?, CAST(? AS json), CAST(? AS json))""";

    private static final String INSERT_MANY = """
            INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers)
            SELECT id, aggregate_type, aggregate_id, event_type, CAST(payload AS json), CAST(headers AS json)
            FROM unnest(?, ?, ?, ?, ?, ?)
                WITH ORDINALITY AS row (id, aggregate_type, aggregate_id, event_type, payload, headers, number)
            ORDER BY number""";

    private OutboxTable() {}

    static void insert(Connection tx, OutboxRow row) {
        try (PreparedStatement insert = tx.prepareStatement(INSERT_ONE)) {
            insert.setObject(1, row.id());
            insert.setString(2, row.aggregateType());
            insert.setString(3, row.aggregateId());
            insert.setString(4, row.eventType());
            insert.setString(5, row.payload());
            insert.setString(6, row.headers());
            insert.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailures.ofInsert(e);
        }
    }

    /** Inserts in the order of the list, in as few statements as {@code maxStatementBytes} allows. */
    static void insertAll(Connection tx, List<OutboxRow> rows, long maxStatementBytes) {
        int from = 0;
        while (from < rows.size()) {
            int to = from;
            long bytes = 0;
            do {
                bytes += rows.get(to).bytes();
                to++;
            } while (to < rows.size() && bytes + rows.get(to).bytes() <= maxStatementBytes);
            insertTogether(tx, rows.subList(from, to));
            from = to;
        }
    }

    private static void insertTogether(Connection tx, List<OutboxRow> rows) {
        try (PreparedStatement insert = tx.prepareStatement(INSERT_MANY)) {
            setArray(insert, 1, "uuid", rows, OutboxRow::id);
            setArray(insert, 2, "text", rows, OutboxRow::aggregateType);
            setArray(insert, 3, "text", rows, OutboxRow::aggregateId);
            setArray(insert, 4, "text", rows, OutboxRow::eventType);
            setArray(insert, 5, "text", rows, OutboxRow::payload);
            setArray(insert, 6, "text", rows, OutboxRow::headers);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailures.ofInsert(e);
        }
    }

    private static void setArray(
            PreparedStatement insert,
            int index,
            String type,
            List<OutboxRow> rows,
            Function<OutboxRow, @Nullable Object> column)
            throws SQLException {
        Object[] values = type.equals("uuid") ? new UUID[rows.size()] : new String[rows.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = column.apply(rows.get(i));
        }
        Array array = insert.getConnection().createArrayOf(type, values);
        insert.setArray(index, array);
    }
}
