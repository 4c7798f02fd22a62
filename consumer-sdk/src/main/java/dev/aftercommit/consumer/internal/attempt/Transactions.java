package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.spi.HandlerTransactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs work in transactions, one at a time. Used by one thread, except {@link #abort()}. */
public final class Transactions {
    private final HandlerTransactions own;
    private final @Nullable HandlerTransactions managed;
    private final TransactionLog log;
    private final AtomicReference<@Nullable Connection> running = new AtomicReference<>();

    /**
     * @param managed carries those that handlers are called in; null when they are the data source's own, like all others
     */
    public Transactions(DataSource dataSource, @Nullable HandlerTransactions managed) {
        this.own = work -> DatabaseWork.inTransaction(dataSource, connection -> {
            work.in(connection);
            return true;
        });
        this.managed = managed;
        this.log = new TransactionLog(dataSource);
    }

    /** What happens in one transaction; whatever it throws rolls it back. */
    @FunctionalInterface
    public interface Work<T> {
        T in(Connection connection) throws Throwable;
    }

    /** What happens in one transaction that handlers are called in; whatever it throws rolls it back. */
    @FunctionalInterface
    public interface HandlerWork<T> {
        T in(RunningTransaction transaction) throws Throwable;
    }

    /** Without handlers. */
    public <T> Outcome<T> run(Work<T> work) {
        return run(own, transaction -> work.in(transaction.connection()));
    }

    /** With handlers. */
    public <T> Outcome<T> handle(HandlerWork<T> work) {
        return run(managed == null ? own : managed, work);
    }

    @SuppressWarnings("ReferenceEquality") // there is one of its own
    private <T> Outcome<T> run(HandlerTransactions carrier, HandlerWork<T> work) {
        Attempt<T> attempt = new Attempt<>(work, running::set);
        @Nullable Throwable thrown = null;
        try {
            carrier.run(attempt);
        } catch (Throwable failure) {
            thrown = failure;
        } finally {
            running.set(null);
        }
        return attempt.outcome(thrown, carrier == own, log);
    }

    /** Cuts off the running transaction, from any thread; the database rolls it back. */
    public void abort() {
        Connection connection = running.getAndSet(null);
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException ignored) {
                return; // then it is gone already
            }
        }
    }
}
