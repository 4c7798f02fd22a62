package dev.aftercommit.demo.check;

import static dev.aftercommit.demo.check.Query.count;
import static dev.aftercommit.demo.check.Query.read;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.check.Facts.Effects;
import dev.aftercommit.demo.check.Facts.Emitted;
import dev.aftercommit.demo.check.Facts.Handled;
import dev.aftercommit.demo.check.Facts.Held;
import dev.aftercommit.demo.check.Facts.Minute;
import dev.aftercommit.demo.check.Facts.Person;
import dev.aftercommit.demo.check.Facts.Secrets;
import dev.aftercommit.demo.check.Facts.Seen;
import dev.aftercommit.demo.check.Facts.Stored;
import dev.aftercommit.testkit.OutboxStream;
import dev.aftercommit.testkit.StoredMessage;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the databases and the stream directly, past the services and past the SDK. */
final class Evidence {
    private static final String PERSON = "SELECT user_id, username, email, created_on, last_login FROM ";

    private final DataSource accounts;
    private final DataSource directory;
    private final DataSource analytics;
    private final MailEvidence mails;

    Evidence(ServerDatabases databases) {
        this.accounts = databases.accounts();
        this.directory = databases.directory();
        this.analytics = databases.analytics();
        this.mails = new MailEvidence(databases);
    }

    int emitted() throws SQLException {
        return count(accounts, "SELECT count(*) FROM outbox.event");
    }

    int handled() throws SQLException {
        return count(directory, "SELECT count(*) FROM handled_event");
    }

    /** Whether nobody waits for anything: all is in the directory, counted by analytics-service, and mails are out. */
    boolean allHandled() throws SQLException {
        return directoryHasAll() && total(counted()) >= total(created()) && mails.allSent();
    }

    boolean directoryHasAll() throws SQLException {
        return handled() >= emitted();
    }

    MailEvidence mails() {
        return mails;
    }

    /** What the directory holds back, in order. */
    List<Held> held() throws SQLException {
        return held(directory);
    }

    /** What the services hold back that send no mails. */
    List<Held> heldBesidesMails() throws SQLException {
        return Stream.concat(held(directory).stream(), held(analytics).stream()).toList();
    }

    static List<Held> held(DataSource consumer) throws SQLException {
        return read(
                consumer,
                "SELECT event_id, aggregate_id, state FROM inbox.parked_event ORDER BY id",
                row -> new Held(row.getObject(1, UUID.class), row.getString(2), row.getString(3)));
    }

    /** Accounts by the minute, as their events in the outbox say. */
    private List<Minute> created() throws SQLException {
        return read(
                accounts,
                "SELECT date_trunc('minute', (payload ->> 'createdOn')::timestamptz), count(*) FROM outbox.event"
                        + " WHERE event_type = 'AccountCreated' GROUP BY 1",
                Evidence::minute);
    }

    /** Accounts by the minute, as analytics-service has counted them. */
    private List<Minute> counted() throws SQLException {
        return read(analytics, "SELECT minute, sum(accounts) FROM accounts_per_minute GROUP BY 1", Evidence::minute);
    }

    private static long total(List<Minute> minutes) {
        return minutes.stream().mapToLong(Minute::accounts).sum();
    }

    /** The stored passwords: of one account, or of all. */
    List<String> hashes(@Nullable Long userId) throws SQLException {
        String of = userId == null ? "" : " WHERE user_id = " + userId;
        return read(accounts, "SELECT DISTINCT password FROM accounts" + of, row -> row.getString(1));
    }

    Facts gather(int acceptedWrites, OutboxStream stream, SecretSearch search, Seen seen)
            throws SQLException, IOException {
        List<Stored> stored = new ArrayList<>();
        List<Long> found = new ArrayList<>();
        List<StoredMessage> messages = stream.messages();
        for (StoredMessage message : messages) {
            stored.add(stored(message));
            if (search.isIn(message.everything())) {
                found.add(message.sequence());
            }
        }
        return new Facts(
                acceptedWrites,
                read(accounts, "SELECT id, event_type, aggregate_id, payload FROM outbox.event", Evidence::emitted),
                stored,
                read(
                        directory,
                        "SELECT event_id, aggregate_id, sequence, committed_at, handled_at FROM handled_event"
                                + " ORDER BY log_id",
                        Evidence::handled),
                new Effects(
                        read(accounts, PERSON + "accounts", Evidence::person),
                        read(directory, PERSON + "directory_entry", Evidence::person),
                        created(),
                        counted(),
                        mails.gather()),
                seen,
                new Secrets(search.count(), messages.size(), found));
    }

    private static Stored stored(StoredMessage message) throws IOException {
        EventEnvelope envelope = message.envelope();
        return new Stored(
                message.sequence(),
                envelope.eventId(),
                envelope.eventType(),
                envelope.aggregateId(),
                Json.MAPPER.readTree(message.payload()).path("sequence").asLong(),
                envelope.position(),
                message.payload());
    }

    private static Emitted emitted(ResultSet row) throws SQLException {
        return new Emitted(row.getObject(1, UUID.class), row.getString(2), row.getString(3), row.getString(4));
    }

    private static Handled handled(ResultSet row) throws SQLException {
        return new Handled(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getLong(3),
                row.getObject(4, OffsetDateTime.class).toInstant(),
                row.getObject(5, OffsetDateTime.class).toInstant());
    }

    private static Person person(ResultSet row) throws SQLException {
        return new Person(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getObject(4, OffsetDateTime.class).toInstant(),
                instantOrNull(row.getObject(5, OffsetDateTime.class)));
    }

    private static Minute minute(ResultSet row) throws SQLException {
        return new Minute(row.getObject(1, OffsetDateTime.class).toInstant(), row.getLong(2));
    }

    private static @Nullable Instant instantOrNull(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
