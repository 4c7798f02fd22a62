package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.consumer.DeadLetter;
import dev.aftercommit.consumer.DeadLetterFilter;
import dev.aftercommit.consumer.DeadLetters;
import dev.aftercommit.consumer.internal.attempt.SingleStatement;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.contract.OutboxPosition;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The dead rows of one consumer and source.
 *
 * @param redriven is told when some are to be tried again
 */
public record DeadLetterTable(ConsumerIdentity identity, DataSource dataSource, Runnable redriven)
        implements DeadLetters {
    private static final String LIST = """
            SELECT dead.event_id, dead.aggregate_type, dead.aggregate_id, dead.event_type, dead.position, dead.attempts,
                   dead.error, dead.parked_at,
                   (SELECT count(*) FROM inbox.parked_event behind
                     WHERE behind.consumer = dead.consumer AND behind.source = dead.source
                       AND behind.aggregate_type = dead.aggregate_type AND behind.aggregate_id = dead.aggregate_id
                       AND behind.id > dead.id AND behind.state = 'waiting')
              FROM inbox.dead_letters(?, ?, ?, ?, ?, ?::uuid) dead
             ORDER BY dead.id LIMIT ?
            """;
    private static final String PAYLOAD = "SELECT payload FROM inbox.parked_event"
            + " WHERE consumer = ? AND source = ? AND event_id = ? AND state = 'dead'";
    private static final String REDRIVE = "SELECT count(*) FROM inbox.redrive(?, ?, ?, ?, ?, ?::uuid)";
    private static final String DISCARD = "SELECT count(*) FROM inbox.discard(?, ?, ?, ?, ?, ?::uuid)";

    @Override
    public List<DeadLetter> list(DeadLetterFilter which, int most) {
        return ask(LIST, select -> {
            select.setInt(set(select, which), most);
            List<DeadLetter> letters = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    letters.add(new DeadLetter(
                            row.getObject(1, UUID.class),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            OutboxPosition.parse(row.getString(5)),
                            row.getInt(6),
                            row.getString(7),
                            row.getObject(8, OffsetDateTime.class).toInstant(),
                            row.getLong(9)));
                }
            }
            return letters;
        });
    }

    @Override
    public Optional<byte[]> payload(UUID eventId) {
        return ask(PAYLOAD, select -> {
            select.setString(1, identity.consumer());
            select.setString(2, identity.source());
            select.setObject(3, eventId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
            }
        });
    }

    @Override
    public int redrive(DeadLetterFilter which) {
        int count = count(REDRIVE, which);
        redriven.run();
        return count;
    }

    @Override
    public int discard(DeadLetterFilter which) {
        int count = count(DISCARD, which);
        redriven.run();
        return count;
    }

    private int count(String sql, DeadLetterFilter which) {
        return ask(sql, select -> {
            set(select, which);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        });
    }

    /** Returns the number of the next parameter. */
    private int set(PreparedStatement statement, DeadLetterFilter which) throws SQLException {
        statement.setString(1, identity.consumer());
        statement.setString(2, identity.source());
        statement.setString(3, which.aggregateType());
        statement.setString(4, which.aggregateId());
        statement.setString(5, which.eventType());
        statement.setObject(6, which.eventId());
        return 7;
    }

    private <T> T ask(String sql, SingleStatement.Question<T> question) {
        return SingleStatement.run(dataSource, "dead events", sql, question);
    }
}
