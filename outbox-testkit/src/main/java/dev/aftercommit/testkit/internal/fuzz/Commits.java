package dev.aftercommit.testkit.internal.fuzz;

import dev.aftercommit.contract.OutboxPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds the transaction that a fault is meant for: the first that is to be committed with a checkpoint at or behind the
 * position of a batch's last event. Thread-safe.
 */
final class Commits {
    private static final String REACHED = "SELECT max(position) FROM inbox.checkpoint WHERE source = ?";

    private final String source;
    private final AtomicReference<@Nullable Expected> expected = new AtomicReference<>();

    Commits(String source) {
        this.source = source;
    }

    /** A commit that comes once. */
    static final class Expected {
        private final OutboxPosition position;
        private final Fault fault;
        private final CountDownLatch come = new CountDownLatch(1);
        private final CountDownLatch released;

        private Expected(OutboxPosition position, Fault fault, boolean held) {
            this.position = position;
            this.fault = fault;
            this.released = new CountDownLatch(held ? 1 : 0);
        }

        Fault fault() {
            return fault;
        }

        /** Waits until somebody wants to commit it; false when the time is over. */
        boolean awaitCome(Duration patience) {
            return await(come, patience);
        }

        void release() {
            released.countDown();
        }

        private static boolean await(CountDownLatch latch, Duration patience) {
            try {
                return latch.await(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /**
     * Expects a commit instead of the one before.
     *
     * @param held whether it waits for {@link Expected#release()}
     */
    Expected expect(OutboxPosition position, Fault fault, boolean held) {
        Expected next = new Expected(position, fault, held);
        expected.set(next);
        return next;
    }

    /** What is to happen to a transaction that is to be committed now; returns when it may. */
    Fault before(Connection transaction, Duration patience) throws SQLException {
        Expected wanted = expected.get();
        if (wanted == null || !isBehind(transaction, wanted.position) || !expected.compareAndSet(wanted, null)) {
            return Fault.NONE;
        }
        wanted.come.countDown();
        Expected.await(wanted.released, patience);
        return wanted.fault();
    }

    private boolean isBehind(Connection transaction, OutboxPosition position) throws SQLException {
        try (PreparedStatement query = transaction.prepareStatement(REACHED)) {
            query.setString(1, source);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                String reached = row.getString(1);
                return reached != null && OutboxPosition.parse(reached).compareTo(position) >= 0;
            }
        }
    }
}
