package dev.aftercommit.consumer.internal.start;

import dev.aftercommit.consumer.StartAt;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The rows of one consumer and source in {@code inbox.start_request}; of those that are not done the newest counts. */
record StartRequestTable(ConsumerIdentity identity) {
    private static final String OURS = " WHERE consumer = ? AND source = ?";
    private static final String NEWEST =
            "SELECT coalesce(max(id), 0), coalesce(bool_or(done_at IS NULL), false) FROM inbox.start_request" + OURS;
    private static final String ALONE = "SELECT pg_advisory_xact_lock(hashtextextended("
            + "concat_ws(E'\\n', 'aftercommit start', ?::text, ?::text), 0))";
    private static final String ADD_IF_NEW = "INSERT INTO inbox.start_request (consumer, source, start_at)"
            + " SELECT mine.consumer, mine.source, ? FROM (VALUES (?, ?)) mine (consumer, source)"
            + " WHERE NOT EXISTS (SELECT FROM inbox.checkpoint c WHERE c.consumer = mine.consumer AND c.source = mine.source)"
            + " AND NOT EXISTS (SELECT FROM inbox.start_request r WHERE r.consumer = mine.consumer AND r.source = mine.source)";
    private static final String LOCK_PENDING = "SELECT id, start_at FROM inbox.start_request" + OURS
            + " AND done_at IS NULL ORDER BY id DESC LIMIT 1 FOR UPDATE";
    private static final String DONE =
            "UPDATE inbox.start_request SET done_at = now(), result = ?" + OURS + " AND id <= ? AND done_at IS NULL";
    private static final String NOT_YET =
            "UPDATE inbox.start_request SET result = ? WHERE id = ? AND result IS DISTINCT FROM ?";

    /**
     * What was requested.
     *
     * @param newest the newest request; 0 when there is none
     * @param isPending whether some are not done
     */
    record Seen(long newest, boolean isPending) {}

    /** One that is not done. */
    record Request(long id, String startAt) {}

    Seen look(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NEWEST)) {
            setOurs(select, 1);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Seen(row.getLong(1), row.getBoolean(2));
            }
        }
    }

    /**
     * Requests it of a consumer that has handled nothing yet and was never asked to start anywhere; in a transaction.
     *
     * @return whether it is such a consumer
     */
    boolean addIfNew(Connection connection, StartAt startAt) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(ALONE)) {
            setOurs(lock, 1);
            lock.executeQuery().close();
        }
        try (PreparedStatement insert = connection.prepareStatement(ADD_IF_NEW)) {
            insert.setString(1, startAt.toString());
            setOurs(insert, 2);
            return insert.executeUpdate() == 1;
        }
    }

    /** The request that is to be done, locked for the running transaction; null when somebody else has done it. */
    @Nullable
    Request lockPending(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOCK_PENDING)) {
            setOurs(select, 1);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new Request(row.getLong(1), row.getString(2)) : null;
            }
        }
    }

    /** It is done, and earlier ones need not be. */
    void done(Connection connection, Request request, String result) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(DONE)) {
            update.setString(1, result);
            update.setLong(setOurs(update, 2), request.id());
            update.executeUpdate();
        }
    }

    /** It cannot be done yet; returns whether that is news. */
    boolean notYet(Connection connection, Request request, String why) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(NOT_YET)) {
            update.setString(1, why);
            update.setLong(2, request.id());
            update.setString(3, why);
            return update.executeUpdate() == 1;
        }
    }

    private int setOurs(PreparedStatement statement, int first) throws SQLException {
        statement.setString(first, identity.consumer());
        statement.setString(first + 1, identity.source());
        return first + 2;
    }
}
