package dev.aftercommit.relay.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Who may publish. The replication slot is the mutex: PostgreSQL lets only one connection stream from it. Before there
 * is a slot, and while the table is read, an advisory lock stands in for it. A relay waits on an autocommit connection:
 * to wait inside Debezium would hold back VACUUM.
 */
public final class Leadership {
    private static final int LOCK_SPACE = 0x0b0c5;

    private final Connection connection;
    private final SlotNames names;

    public Leadership(Connection connection, SlotNames names) {
        this.connection = connection;
        this.names = names;
    }

    /** Takes the lock when nobody streams and nobody else holds it. */
    public boolean tryAcquire() throws SQLException {
        if (isSlotActive() || !call("SELECT pg_try_advisory_lock(?, hashtext(?))")) {
            return false;
        }
        if (isSlotActive()) {
            release();
            return false;
        }
        return true;
    }

    /** Gives the lock back: from now on the slot is the mutex. */
    public void release() throws SQLException {
        call("SELECT pg_advisory_unlock(?, hashtext(?))");
    }

    private boolean isSlotActive() throws SQLException {
        Slot slot = Slot.find(connection, names.slot());
        return slot != null && slot.active();
    }

    private boolean call(String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setInt(1, LOCK_SPACE);
            statement.setString(2, names.slot());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
