package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Where the consumers of a database start, for people: requests another place, which the consumer's instances look up. Every
 * call throws {@link AftercommitException} with {@link ErrorCode#DATABASE_UNAVAILABLE} when the database cannot be reached.
 */
public final class InboxStarts implements AutoCloseable {
    private static final String PROGRESS = """
            SELECT count(*), min(stream_sequence), max(stream_sequence),
                   (SELECT count(*) FROM inbox.parked_event p WHERE p.consumer = ? AND p.source = ?)
              FROM inbox.checkpoint WHERE consumer = ? AND source = ?
            """;
    private static final String REQUEST = "SELECT inbox.reset(?, ?, ?)";
    private static final String STATE = "SELECT done_at IS NOT NULL, result FROM inbox.start_request WHERE id = ?";
    private static final String INVALID_PARAMETER = "22023";

    private final ShortSession session;

    private InboxStarts(ShortSession session) {
        this.session = session;
    }

    /**
     * Looks at the database of a consumer.
     *
     * @throws AftercommitException also {@link ErrorCode#INVALID_SETTING} when it is none, or of an earlier version
     */
    public static InboxStarts open(Database database) {
        return new InboxStarts(ShortSession.openInbox(database, "start_request"));
    }

    /**
     * How far a consumer has come.
     *
     * @param partitions how many have a checkpoint
     * @param first the sequence of the one that is behind all others; 0 when there is none
     * @param last that of the one that is before all others
     * @param parked how many events it holds back
     */
    public record Progress(long partitions, long first, long last, long parked) {}

    /**
     * What has become of a request.
     *
     * @param result what was done, or why it could not be done yet; null when nobody has looked
     */
    public record State(boolean isDone, @Nullable String result) {}

    public Progress progress(String consumer, String source) {
        return session.run(connection -> {
            List<Progress> progress = new ArrayList<>(1);
            Rows.each(
                    connection,
                    PROGRESS,
                    row -> progress.add(new Progress(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4))),
                    consumer,
                    source,
                    consumer,
                    source);
            return progress.getFirst();
        });
    }

    /**
     * Requests that a consumer starts there.
     *
     * @param place {@code beginning}, {@code now}, a time or a position
     * @return the request's number
     * @throws AftercommitException also {@link ErrorCode#INVALID_SETTING} when there is no such consumer or place
     */
    public long request(String consumer, String source, String place) {
        return session.run(connection -> {
            List<Long> ids = new ArrayList<>(1);
            try {
                Rows.each(connection, REQUEST, row -> ids.add(row.getLong(1)), consumer, source, place);
            } catch (SQLException e) {
                if (INVALID_PARAMETER.equals(e.getSQLState())) {
                    throw new AftercommitException(ErrorCode.INVALID_SETTING, said(e), e);
                }
                throw e;
            }
            return ids.getFirst();
        });
    }

    /** Without where in the function that was. */
    private static String said(SQLException e) {
        ServerErrorMessage said = e instanceof PSQLException refusal ? refusal.getServerErrorMessage() : null;
        return said == null ? String.valueOf(e.getMessage()) : said.getMessage() + " " + said.getHint();
    }

    public State state(long request) {
        return session.run(connection -> {
            List<State> state = new ArrayList<>(1);
            Rows.each(connection, STATE, row -> state.add(new State(row.getBoolean(1), row.getString(2))), request);
            return state.getFirst();
        });
    }

    @Override
    public void close() {
        session.close();
    }
}
