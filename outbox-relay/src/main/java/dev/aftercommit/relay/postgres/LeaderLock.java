package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.failure.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who leads: the holder of an advisory lock on a session of its own. The server ends a session that says nothing for ten
 * seconds, so that a relay which is frozen or cut off does not keep the lock.
 */
final class LeaderLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderLock.class);
    private static final int LOCK_SPACE = 0x0b0c5;

    private final Connection connection;
    private final SlotNames names;
    private final int pid;
    private boolean held;

    LeaderLock(Database database, SlotNames names) throws SQLException {
        this.connection = database.connect();
        this.names = names;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET idle_session_timeout = '10s'");
            this.pid = pid();
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Takes the lock unless another has it. */
    boolean tryAcquire() throws SQLException {
        requireOwnSession();
        if (!held) {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT pg_try_advisory_lock(?, hashtext(?))")) {
                statement.setInt(1, LOCK_SPACE);
                statement.setString(2, names.slot());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    held = row.getBoolean(1);
                }
            }
        }
        return held;
    }

    /** Tells the server that this relay lives; fails when the session, and the lock with it, is gone. */
    void renew() throws SQLException {
        requireOwnSession();
    }

    /** A pooler that shares sessions would hand the lock to somebody else. */
    private void requireOwnSession() throws SQLException {
        if (pid() != pid) {
            throw new AftercommitException(
                    ErrorCode.DATABASE_UNSUITABLE,
                    "The relay's session is shared with others, as a pooler in transaction mode does it. Point"
                            + " OUTBOX_DATABASE_URL at PostgreSQL itself: replication does not work through a pooler.");
        }
    }

    private int pid() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("The connection with the lock did not close: {}", Reason.of(e));
        }
    }
}
