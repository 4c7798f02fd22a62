package dev.aftercommit.consumer.internal.worker;

import dev.aftercommit.consumer.ParallelStatus;
import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.lifecycle.Deadline;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those who handle a source's events in this instance. Used by one thread, except {@link #stop()}, {@link #wake()} and what
 * only asks.
 */
public interface Workers {
    /**
     * Every second: sees to it that all of them work that should.
     *
     * @throws SQLException when the database does not let them
     */
    void claim() throws SQLException;

    /** What holds events up that is not about one message; null when nothing does. */
    @Nullable
    Waiting heldUp();

    /** Makes them begin again at their checkpoints, which may have been set. */
    void beginAnew();

    /** Makes them look at the connection now. */
    void wake();

    /** Asks them to end after what runs now. */
    void stop();

    /** Stops them; what does not end in time is cut off. */
    void close(Deadline deadline);

    /** None where partitions are not handled one by one. */
    List<PartitionStatus> partitions();

    /** Null where partitions are handled one by one. */
    @Nullable
    ParallelStatus parallel();
}
