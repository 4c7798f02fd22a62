package dev.aftercommit.testkit;

import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.testkit.internal.emitted.OutboxRows;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Tells what code emits.
 *
 * <pre>{@code
 * outbox.emitted(() -> accounts.create("anna")).containsExactly(new AccountCreated("anna"));
 * outbox.emitted(() -> assertThrows(NameTaken.class, () -> accounts.create("anna"))).isEmpty();
 * }</pre>
 *
 * <p>It reads the table {@code outbox.event}, so it does not matter who wrote, in which language and on which thread. Needs
 * AssertJ. Thread-safe.
 */
public final class TestOutbox {
    private final OutboxRows rows;
    private final EventCodec codec;

    private TestOutbox(DataSource database, EventCodec codec) {
        this.rows = new OutboxRows(database);
        this.codec = codec;
    }

    /**
     * Of a database with the schema {@code outbox}.
     *
     * @param database what its connections see counts; where the code under test leaves its transaction open, as in a test that
     *     Spring rolls back, one that hands out that transaction's connection
     */
    public static TestOutbox of(DataSource database) {
        return of(database, new JsonEventCodec());
    }

    /** Of a service whose payloads are written by a codec of its own. */
    public static TestOutbox of(DataSource database, EventCodec codec) {
        return new TestOutbox(database, codec);
    }

    /** A block of code; may throw what it likes. */
    @FunctionalInterface
    public interface Block<E extends Exception> {
        void run() throws E;
    }

    /**
     * Runs a block and returns what is in the outbox now and was not before, in the order of the rows. What was rolled back, or
     * is not committed yet, was not emitted.
     *
     * @throws E what the block throws
     */
    public <E extends Exception> EmittedAssert emitted(Block<E> block) throws E {
        Set<UUID> before = new HashSet<>(ids());
        block.run();
        return new EmittedAssert(
                all().stream().filter(event -> !before.contains(event.id())).toList(), codec);
    }

    /** Everything that is in the outbox, in the order of the rows. */
    public List<EmittedEvent> all() {
        try {
            return rows.read();
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private List<UUID> ids() {
        try {
            return rows.ids();
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private static IllegalStateException unreadable(SQLException e) {
        return new IllegalStateException(
                "The outbox cannot be read: " + e.getMessage()
                        + " Does the database have the schema, by Migrations.outbox(dataSource).migrate()?",
                e);
    }
}
