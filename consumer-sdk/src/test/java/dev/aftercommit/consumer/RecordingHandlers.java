package dev.aftercommit.consumer;

import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Writes each event into the table of {@link Effects}. */
class RecordingHandlers {
    @Handles(AccountCreated.class)
    void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
        before(event);
        try (PreparedStatement insert = tx.prepareStatement(Effects.INSERT)) {
            insert.setObject(1, envelope.eventId());
            insert.setString(2, event.account());
            insert.setInt(3, event.number());
            insert.executeUpdate();
        }
        after(event);
    }

    void before(AccountCreated event) {}

    void after(AccountCreated event) {}
}
