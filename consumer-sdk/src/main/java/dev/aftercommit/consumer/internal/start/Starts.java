package dev.aftercommit.consumer.internal.start;

import dev.aftercommit.consumer.StartAt;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.attempt.AnswerTimeout;
import dev.aftercommit.consumer.internal.attempt.DatabaseWork;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointTable;
import dev.aftercommit.consumer.internal.checkpoint.PartitionRange;
import dev.aftercommit.consumer.internal.checkpoint.ProcessedTable;
import dev.aftercommit.consumer.internal.checkpoint.Refusal;
import dev.aftercommit.consumer.internal.parking.ParkedTable;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.settings.HandlingMode;
import dev.aftercommit.consumer.internal.start.StartRequestTable.Request;
import dev.aftercommit.consumer.internal.stream.Broker;
import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.stream.StreamState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what was requested of a consumer's start: sets the checkpoints of all partitions, in one transaction, by whichever
 * instance looks first; of a parallel consumer its one checkpoint, and forgets what was noted as handled from there on. The
 * owners find that their checkpoint was moved, or are told by {@link #look}. Used by one thread.
 */
public final class Starts {
    private static final Logger LOG = LoggerFactory.getLogger(Starts.class);

    private final ConsumerConfig config;
    private final Broker broker;
    private final StartRequestTable requests;
    private final CheckpointTable checkpoints;
    private final ProcessedTable processed;
    private final ParkedTable parked;
    private long newest;
    private RequestedPlace.@Nullable NotYet notYet;

    public Starts(ConsumerConfig config, Broker broker) {
        this.config = config;
        this.broker = broker;
        this.requests = new StartRequestTable(config.identity());
        this.checkpoints = new CheckpointTable(config.identity());
        this.processed = new ProcessedTable(config.identity());
        this.parked = new ParkedTable(config.identity());
    }

    /**
     * To be called before a partition is read: a new consumer is to start where it was built to, unless it is at the beginning
     * anyway.
     *
     * @param stream null when there is none yet; then all of its events come after now
     * @return what has to come first; null when nothing does
     */
    @Nullable
    public Waiting begin(@Nullable StreamState stream) throws SQLException {
        StartAt wanted = config.reading().startAt();
        StartAt startAt = stream == null && wanted instanceof StartAt.Now ? StartAt.beginning() : wanted;
        if (!(wanted instanceof StartAt.Beginning)) {
            inTransaction(connection -> requests.addIfNew(connection, startAt));
        }
        if (stream == null) {
            return null;
        }
        look();
        RequestedPlace.NotYet later = notYet;
        return later != null && !hasCheckpoints()
                ? new Waiting(
                        Waiting.Reason.STREAM_BEHIND,
                        later + ", where this consumer is to start; it does when that position is published. To have it"
                                + " start elsewhere, run: " + Refusal.reset(config.identity()))
                : null;
    }

    /**
     * Does what was requested meanwhile, if anything was.
     *
     * @return whether anything was: then checkpoints may be elsewhere
     */
    public boolean look() throws SQLException {
        StartRequestTable.Seen seen = inTransaction(requests::look);
        RequestedPlace place = seen.isPending() ? fulfil() : null;
        notYet = place instanceof RequestedPlace.NotYet later ? later : null;
        boolean isNews = seen.newest() != newest;
        newest = seen.newest();
        return isNews;
    }

    private boolean hasCheckpoints() throws SQLException {
        return !inTransaction(checkpoints::streams).isEmpty();
    }

    /** Returns null when nothing was to be done. */
    private @Nullable RequestedPlace fulfil() throws SQLException {
        Optional<Fulfilment> done = inTransaction(this::fulfil);
        if (done.isEmpty()) {
            return null;
        }
        Fulfilment fulfilment = done.get();
        if (fulfilment.isNews()) {
            LOG.info(
                    "Consumer {} was asked to start at {}: {}",
                    config.identity(),
                    fulfilment.request().startAt(),
                    fulfilment.result());
        }
        return fulfilment.place();
    }

    private record Fulfilment(Request request, RequestedPlace place, String result, boolean isNews) {}

    private Optional<Fulfilment> fulfil(Connection connection) throws SQLException {
        Request request = requests.lockPending(connection);
        StreamState stream = request == null ? null : broker.stream();
        return request == null || stream == null ? Optional.empty() : Optional.of(fulfil(connection, request, stream));
    }

    private Fulfilment fulfil(Connection connection, Request request, StreamState stream) throws SQLException {
        RequestedPlace place = RequestedPlace.of(StartAt.parse(request.startAt()), stream, broker::storedFrom);
        return switch (place) {
            case RequestedPlace.Found found -> {
                String result = "it starts " + found + start(connection, request, stream, found);
                requests.done(connection, request, result);
                yield new Fulfilment(request, place, result, true);
            }
            case RequestedPlace.NotYet later -> {
                String result = later + "; it goes on where it was until that is published";
                yield new Fulfilment(request, place, result, requests.notYet(connection, request, result));
            }
        };
    }

    /** The checkpoints first: from then on nobody adds to what is parked. */
    private String start(Connection connection, Request request, StreamState stream, RequestedPlace.Found found)
            throws SQLException {
        boolean isOtherHistory = checkpoints.areOfAnotherHistory(connection, stream.identity());
        StoredEvent first = found.first();
        Checkpoint place = found.before().setBy(request.id());
        switch (config.reading().mode()) {
            case HandlingMode.InOrder inOrder ->
                checkpoints.set(connection, PartitionRange.each(stream.partitions()), place);
            case HandlingMode.InParallel inParallel -> {
                checkpoints.set(connection, PartitionRange.TOGETHER, place);
                processed.forgetFrom(connection, isOtherHistory || first == null ? null : first.position());
            }
        }
        if (isOtherHistory || first == null || first.position() == null) {
            return "";
        }
        int comeAgain = parked.forgetFrom(connection, first.position());
        return comeAgain == 0 ? "" : "; of the parked events " + comeAgain + " come again and were taken out";
    }

    private <T> T inTransaction(DatabaseWork.Work<T> work) throws SQLException {
        return DatabaseWork.inTransaction(config.dataSource(), connection -> {
            try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
                return work.in(connection);
            }
        });
    }
}
