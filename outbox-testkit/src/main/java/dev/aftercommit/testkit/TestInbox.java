package dev.aftercommit.testkit;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.internal.Patience;
import dev.aftercommit.testkit.internal.inbox.InboxState;
import dev.aftercommit.testkit.internal.inbox.InboxTables;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * Waits until a consumer has handled what was published: by the checkpoint in its database, which is committed together with
 * what its handlers did. Thread-safe.
 */
public final class TestInbox {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration EVERY = Duration.ofMillis(10);

    private final DataSource database;
    private final String source;
    private final Duration patience;

    private TestInbox(DataSource database, String source, Duration patience) {
        this.database = database;
        this.source = source;
        this.patience = patience;
    }

    /**
     * Of the database of a service that handles the events of a source.
     *
     * @param database with the schema {@code inbox}
     */
    public static TestInbox of(DataSource database, String source) {
        return new TestInbox(database, source, PATIENCE);
    }

    /** With another patience than 10 seconds. */
    public TestInbox within(Duration atMost) {
        return new TestInbox(database, source, atMost);
    }

    /**
     * Returns when a consumer of this database has handled these events.
     *
     * @throws AssertionError at once when one of them is dead, and when the time is over; it says how far consumers have come
     *     and what failed
     */
    public void awaitHandled(EventEnvelope... events) {
        awaitHandled(List.of(events));
    }

    /** As {@link #awaitHandled(EventEnvelope...)}. */
    public void awaitHandled(List<EventEnvelope> events) {
        try (InboxTables inbox = InboxTables.open(database, source)) {
            new Patience(patience, EVERY).until(() -> {
                InboxState state = inbox.read();
                return state.hasHandled(events) || state.isStuck(events);
            });
            InboxState state = inbox.read();
            if (!state.hasHandled(events)) {
                throw new AssertionError(state.describe(events));
            }
        }
    }
}
