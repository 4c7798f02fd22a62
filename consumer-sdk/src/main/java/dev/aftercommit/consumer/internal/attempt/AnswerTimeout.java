package dev.aftercommit.consumer.internal.attempt;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;

/**
 * While it is open, the consumer waits only so long for each answer on a connection. One that does not come was swallowed by
 * the network, and nothing else would ever tell: the driver cuts the connection off. It is for statements of the consumer's
 * own; what handlers ask may take as long as it likes.
 *
 * @param before what is put back at the end, in milliseconds; 0 for none
 * @param isSet whether there is anything to be put back
 */
public record AnswerTimeout(Connection connection, int before, boolean isSet) implements AutoCloseable {
    private static final int MILLIS = (int) Duration.ofSeconds(20).toMillis();

    /**
     * A bound that the connection has already, and that is tighter, stays. On the connection of a pool or a transaction
     * manager that does not know such bounds there is none.
     */
    public static AnswerTimeout over(Connection connection) throws SQLException {
        try {
            int before = connection.getNetworkTimeout();
            boolean isLooser = before == 0 || before > MILLIS;
            if (isLooser) {
                connection.setNetworkTimeout(Runnable::run, MILLIS);
            }
            return new AnswerTimeout(connection, before, isLooser);
        } catch (SQLFeatureNotSupportedException unknown) {
            return new AnswerTimeout(connection, 0, false);
        }
    }

    @Override
    public void close() {
        if (!isSet) {
            return;
        }
        try {
            connection.setNetworkTimeout(Runnable::run, before);
        } catch (SQLException cutOff) {
            return; // then nobody uses it any more
        }
    }
}
