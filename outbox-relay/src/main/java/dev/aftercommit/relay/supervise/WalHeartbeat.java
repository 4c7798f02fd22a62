package dev.aftercommit.relay.supervise;

import dev.aftercommit.relay.postgres.Slot;
import dev.aftercommit.relay.postgres.SlotNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the slot moving while the outbox is idle. PostgreSQL sends nothing for transactions that do not touch the
 * outbox, so without a record of our own the slot would pin all WAL that other tables and databases write.
 */
final class WalHeartbeat {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LAG_BYTES = 64 * 1024;

    private final Connection connection;
    private final SlotNames names;
    private final Progress progress;
    private long lastLook = System.nanoTime() - LOOK_NANOS;
    private long lastBeat = System.nanoTime();

    WalHeartbeat(Connection connection, SlotNames names, Progress progress) {
        this.connection = connection;
        this.names = names;
        this.progress = progress;
    }

    /** Looks at the slot, and writes a record into the WAL when there is a reason to. Cheap to call often. */
    void tick() throws SQLException {
        long now = System.nanoTime();
        if (now - lastLook < LOOK_NANOS) {
            return;
        }
        lastLook = now;
        Slot slot = Slot.find(connection, names.slot());
        progress.looked(slot);
        if (slot != null && (slot.lagBytes() > LAG_BYTES || now - lastBeat > BEAT_NANOS)) {
            lastBeat = now;
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT pg_logical_emit_message(false, 'aftercommit.heartbeat', '')")) {
                statement.execute();
            }
        }
    }
}
