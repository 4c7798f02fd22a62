package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.internal.checkpoint.CheckpointBusyException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.spi.HandlerTransactions;
import java.sql.Connection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work in a transaction that somebody else begins and ends, and what becomes of it. Used by one thread. */
final class Attempt<T> implements HandlerTransactions.Work {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private final Transactions.HandlerWork<T> work;
    private final Consumer<Connection> begin;
    private @Nullable RunningTransaction transaction;
    /** What the work has brought, or failed with. It is committed if the transaction is. */
    private @Nullable Outcome<T> brought;

    /**
     * @param begin is told the connection before the work is done
     */
    Attempt(Transactions.HandlerWork<T> work, Consumer<Connection> begin) {
        this.work = work;
        this.begin = begin;
    }

    @Override
    public void in(Connection connection) {
        if (transaction != null) {
            throw new IllegalStateException("The work of a transaction is done once; when it has failed, return.");
        }
        RunningTransaction running = new RunningTransaction(connection);
        transaction = running;
        begin.accept(connection);
        try {
            brought = new Outcome.Committed<>(work.in(running));
        } catch (CheckpointMovedException e) {
            brought = new Outcome.OwnerChanged<>(e);
            throw rollBack(e);
        } catch (CheckpointBusyException e) {
            brought = new Outcome.Conflict<>(e);
            throw rollBack(e);
        } catch (Throwable failure) {
            brought = failed(FailureKind.in(connection, failure), failure);
            throw rollBack(failure);
        }
    }

    /** Not what was thrown: a manager may have been told to commit all the same for errors of some classes. */
    private static IllegalStateException rollBack(Throwable failure) {
        return new IllegalStateException("The transaction has to be rolled back, since its work has failed.", failure);
    }

    /**
     * When the transaction has ended. Where that is in doubt, the database is asked.
     *
     * @param thrown by whoever carried it; null when they have returned
     * @param trusted whether it is committed then
     */
    Outcome<T> outcome(@Nullable Throwable thrown, boolean trusted, TransactionLog log) {
        RunningTransaction begun = transaction;
        Outcome<T> work = brought;
        if (begun == null || work == null) {
            return new Outcome.DatabaseAway<>(
                    thrown == null ? new IllegalStateException("No transaction was begun for the work.") : thrown);
        }
        boolean whole = work instanceof Outcome.Committed;
        Outcome<T> seems = whole && thrown != null ? failed(FailureKind.ofCommit(thrown), thrown) : work;
        String id = begun.id();
        if (id == null || (trusted && seems instanceof Outcome.Committed)) {
            return seems;
        }
        return switch (log.of(id)) {
            case COMMITTED -> whole ? committed(work, thrown) : new Outcome.Failed<>(begun.ended());
            case ROLLED_BACK -> seems instanceof Outcome.Committed ? new Outcome.Failed<>(begun.rolledBack()) : seems;
            case UNKNOWN -> whole ? new Outcome.DatabaseAway<>(thrown == null ? begun.inDoubt() : thrown) : seems;
        };
    }

    private static <T> Outcome<T> committed(Outcome<T> work, @Nullable Throwable thrown) {
        if (thrown != null) {
            LOG.warn(
                    "A transaction was committed, and then something that was to run after the commit failed with {}; it is"
                            + " not run again",
                    thrown.getClass().getName());
            LOG.debug("After the commit", thrown);
        }
        return work;
    }

    private static <T> Outcome<T> failed(FailureKind kind, Throwable failure) {
        return switch (kind) {
            case DATABASE -> new Outcome.DatabaseAway<>(failure);
            case CONFLICT -> new Outcome.Conflict<>(failure);
            case ATTEMPT -> new Outcome.Failed<>(failure);
        };
    }
}
