package dev.aftercommit.crash.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Sees what is committed and in which order: a second replication slot, with a publication of its own that no fault
 * touches, read with PostgreSQL's SQL functions. It never moves on, and a copy of the database carries it along.
 */
public final class CommitWitness {
    private static final String NAME = "witness";
    private static final int FETCH = 1_000;

    private CommitWitness() {}

    /** From here on it looks. */
    public static void begin(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE PUBLICATION " + NAME
                    + " FOR TABLE outbox.event WITH (publish = 'insert', publish_via_partition_root = true)");
            statement.execute("SELECT pg_create_logical_replication_slot('" + NAME + "', 'pgoutput')");
        }
    }

    /** The events in commit order; empty when the slot is gone. */
    public static Optional<List<UUID>> order(DataSource database) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(FETCH);
                try (ResultSet slot =
                        statement.executeQuery("SELECT FROM pg_replication_slots WHERE slot_name = '" + NAME + "'")) {
                    if (!slot.next()) {
                        return Optional.empty();
                    }
                }
                // No more of an insert than its id, or large payloads would be sent for nothing.
                try (ResultSet row = statement.executeQuery("SELECT substr(data, 1, 64)"
                        + " FROM pg_logical_slot_peek_binary_changes('" + NAME
                        + "', NULL, NULL, 'proto_version', '1', 'publication_names', '" + NAME + "')"
                        + " WHERE substr(data, 1, 1) = 'I'")) {
                    while (row.next()) {
                        ids.add(id(ByteBuffer.wrap(row.getBytes(1))));
                    }
                }
            }
        }
        return Optional.of(ids);
    }

    /** Behind 'I': relation id, 'N', number of columns, 't', length and text of the first column. */
    private static UUID id(ByteBuffer insert) {
        insert.position(1 + Integer.BYTES + 1 + Short.BYTES + 1);
        byte[] id = new byte[insert.getInt()];
        insert.get(id);
        return UUID.fromString(new String(id, StandardCharsets.US_ASCII));
    }
}
