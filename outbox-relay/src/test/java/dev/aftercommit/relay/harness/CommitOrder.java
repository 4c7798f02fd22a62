package dev.aftercommit.relay.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.testkit.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was committed and in which order, by a witness that shares nothing with the relay: a second replication slot,
 * read with PostgreSQL's own SQL functions.
 */
public final class CommitOrder {
    private static final Logger LOG = LoggerFactory.getLogger(CommitOrder.class);
    private static final String SLOT = "witness";

    private CommitOrder() {}

    /** From here on the witness looks. */
    public static void begin(RelayWorld world) throws SQLException {
        world.sql("SELECT pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')");
    }

    /** All that was committed since is in the stream, once, in the order of the commits; and every log is fit to be read. */
    public static void verifyStream(RelayWorld world) throws Exception {
        List<String> committed = ids(world);
        world.awaitStored(committed.size());
        List<StoredMessage> events = world.readStream();
        LOG.warn("{} events committed, {} stored", committed.size(), events.size());
        assertThat(events.stream().map(StoredMessage::id)).containsExactlyElementsOf(committed);
        assertThat(events).extracting(StoredMessage::position).isSorted();
        world.requireClearLogs();
    }

    /** The ids of all rows committed since, in commit order. */
    public static List<String> ids(RelayWorld world) throws SQLException {
        List<String> ids = new ArrayList<>();
        try (Connection connection = world.database()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(1000);
                ResultSet row = statement.executeQuery("SELECT data FROM pg_logical_slot_peek_binary_changes('" + SLOT
                        + "', NULL, NULL, 'proto_version', '1', 'publication_names', 'outbox')");
                while (row.next()) {
                    ByteBuffer data = ByteBuffer.wrap(row.getBytes(1));
                    if (data.get() == 'I') {
                        // relation id, 'N', number of columns, 't', length, text of the first column: the id
                        data.position(data.position() + 4 + 1 + 2 + 1);
                        byte[] id = new byte[data.getInt()];
                        data.get(id);
                        ids.add(new String(id, StandardCharsets.US_ASCII));
                    }
                }
            }
        }
        return ids;
    }
}
