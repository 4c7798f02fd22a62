package dev.aftercommit.consumer.internal.start;

import dev.aftercommit.consumer.StartAt;
import dev.aftercommit.consumer.internal.attempt.SingleStatement;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.contract.AftercommitException;
import javax.sql.DataSource;

/** Requests that a consumer starts elsewhere. */
public final class Reset {
    private static final String REQUEST =
            "INSERT INTO inbox.start_request (consumer, source, start_at) VALUES (?, ?, ?)";

    private Reset() {}

    /**
     * Leaves the request; an instance of the consumer does it.
     *
     * @throws AftercommitException as {@link SingleStatement} says
     */
    public static void request(DataSource dataSource, ConsumerIdentity identity, StartAt startAt) {
        SingleStatement.run(dataSource, "its start", REQUEST, insert -> {
            insert.setString(1, identity.consumer());
            insert.setString(2, identity.source());
            insert.setString(3, startAt.toString());
            return insert.executeUpdate();
        });
    }
}
