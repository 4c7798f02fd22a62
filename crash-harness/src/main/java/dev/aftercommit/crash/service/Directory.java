package dev.aftercommit.crash.service;

import dev.aftercommit.consumer.EnvelopedEvent;
import dev.aftercommit.consumer.Handles;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Notes every event in the transaction that it is given, and then may do what it should not. */
final class Directory {
    /** Names its tables in full: a misconduct may have left another search path in the session. */
    private static final String NOTE = """
            WITH counted AS (
                INSERT INTO public.aggregate AS a (type, id, effects) VALUES (?, ?, 1)
                ON CONFLICT (type, id) DO UPDATE SET effects = a.effects + 1
                RETURNING effects)
            INSERT INTO public.effect (event_id, aggregate_type, aggregate_id, number, turn, instance)
            SELECT ?, ?, ?, ?, effects, ? FROM counted
            """;

    private final String instance;
    private final Misconducts misconducts;

    Directory(String instance, Misconducts misconducts) {
        this.instance = instance;
        this.misconducts = misconducts;
    }

    @Handles(AccountTouched.class)
    void touched(AccountTouched event, EventEnvelope envelope, Connection tx) throws Exception {
        handle(event.number(), envelope, tx);
    }

    @Handles(AccountMoved.class)
    void moved(AccountMoved event, EventEnvelope envelope, Connection tx) throws Exception {
        handle(event.number(), envelope, tx);
    }

    @Handles(AccountTransferred.class)
    void transferred(AccountTransferred event, EventEnvelope envelope, Connection tx) throws Exception {
        handle(event.number(), envelope, tx);
    }

    @Handles(AccountOrdered.class)
    void ordered(AccountOrdered event, EventEnvelope envelope, Connection tx) throws Exception {
        handle(event.number(), envelope, tx);
    }

    @Handles(CartOrdered.class)
    void ordered(CartOrdered event, EventEnvelope envelope, Connection tx) throws Exception {
        handle(event.number(), envelope, tx);
    }

    @Handles(OrderPlaced.class)
    void placed(List<EnvelopedEvent<OrderPlaced>> events, Connection tx) throws Exception {
        for (EnvelopedEvent<OrderPlaced> placed : events) {
            handle(placed.event().number(), placed.envelope(), tx);
        }
    }

    private void handle(long number, EventEnvelope envelope, Connection tx) throws Exception {
        Misconduct misconduct = misconducts.at(envelope, tx);
        misconduct.before(tx);
        note(number, envelope, tx);
        misconduct.after(tx);
    }

    private void note(long number, EventEnvelope envelope, Connection tx) throws SQLException {
        try (PreparedStatement note = tx.prepareStatement(NOTE)) {
            note.setString(1, envelope.aggregateType());
            note.setString(2, envelope.aggregateId());
            note.setObject(3, envelope.eventId());
            note.setString(4, envelope.aggregateType());
            note.setString(5, envelope.aggregateId());
            note.setLong(6, number);
            note.setString(7, instance);
            note.executeUpdate();
        }
    }
}
