package dev.aftercommit.consumer.internal.ownership;

import dev.aftercommit.consumer.ParallelStatus;
import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.lifecycle.Deadline;
import dev.aftercommit.consumer.internal.ordered.PartitionState;
import dev.aftercommit.consumer.internal.ordered.PartitionWorker;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Broker;
import dev.aftercommit.consumer.internal.worker.Workers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions that this instance owns, each with its worker. Used by one thread, except {@link #stop()} and {@link #wake()}. */
public final class Ownership implements Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
    private static final Duration AFTER_ABORT = Duration.ofSeconds(2);

    private final ConsumerConfig config;
    private final Broker broker;
    private final Runnable parked;
    private final List<PartitionState> states;
    private final PartitionLocks locks;
    private final Map<Integer, PartitionWorker> workers = new HashMap<>();
    private volatile List<PartitionWorker> running = List.of();
    private final AtomicReference<String> warned = new AtomicReference<>("");
    private Set<Integer> told = Set.of();

    /**
     * @param parked is told when something was parked that will be tried again
     */
    public Ownership(ConsumerConfig config, Broker broker, int partitions, Runnable parked) {
        this.config = config;
        this.broker = broker;
        this.parked = parked;
        this.states = IntStream.range(0, partitions)
                .mapToObj(partition -> new PartitionState(partition, config.listeners()))
                .toList();
        this.locks = new PartitionLocks(config.identity(), config.dataSource(), partitions);
    }

    @Override
    public List<PartitionStatus> partitions() {
        return states.stream().map(PartitionState::status).toList();
    }

    @Override
    @Nullable
    public ParallelStatus parallel() {
        return null;
    }

    /** What holds partitions up that is not about one message, decisions first; null when nothing does. */
    @Override
    @Nullable
    public Waiting heldUp() {
        List<Waiting> all = states.stream()
                .map(PartitionState::waiting)
                .filter(Objects::nonNull)
                .filter(waiting -> !waiting.isAboutOneMessage())
                .toList();
        Waiting first = all.stream()
                .filter(Waiting::isRefusal)
                .min(Comparator.comparing(Waiting::reason))
                .orElse(all.isEmpty() ? null : all.getFirst());
        if (first == null) {
            return null;
        }
        long alike =
                all.stream().filter(each -> each.reason() == first.reason()).count();
        return alike == 1
                ? first
                : new Waiting(first.reason(), alike + " of " + states.size() + " partitions wait. " + first.message());
    }

    /**
     * Takes its share of the partitions, and lets others have theirs: a worker whose partition goes to another instance ends
     * after the transaction that runs now, and its partition is free with the next call.
     *
     * @throws SQLException when the locks are lost; every worker was told to stop
     */
    @Override
    public void claim() throws SQLException {
        try {
            letGoOfEnded();
            Map<Integer, Set<Integer>> seen = locks.seen();
            Shares.Step step = Shares.of(states.size(), seen, locks.me());
            step.release().stream().map(workers::get).filter(Objects::nonNull).forEach(PartitionWorker::stop);
            locks.take(free(seen), step.take());
            Set<Integer> owned = locks.held();
            for (int partition : owned) {
                if (!workers.containsKey(partition)) {
                    PartitionWorker worker = new PartitionWorker(
                            config, broker, states.get(partition), states.size(), this::warnOnce, parked);
                    workers.put(partition, worker);
                    worker.start();
                }
            }
            tell(owned);
        } catch (SQLException e) {
            workers.values().forEach(PartitionWorker::stop);
            tell(Set.of());
            throw e;
        } finally {
            running = List.copyOf(workers.values());
        }
    }

    private List<Integer> free(Map<Integer, Set<Integer>> seen) {
        Set<Integer> taken = seen.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        return IntStream.range(0, states.size())
                .filter(partition -> !taken.contains(partition))
                .boxed()
                .toList();
    }

    /** Asks every worker to end after the transaction that runs now, from any thread. */
    @Override
    public void stop() {
        running.forEach(PartitionWorker::stop);
    }

    /** Makes every worker begin again at its checkpoint. */
    @Override
    public void beginAnew() {
        running.forEach(PartitionWorker::beginAnew);
    }

    /** Makes every worker look at the connection now. */
    @Override
    public void wake() {
        running.forEach(PartitionWorker::wake);
    }

    /** Stops every worker, those that do not end in time by cutting off their transactions. */
    @Override
    public void close(Deadline deadline) {
        workers.values().forEach(PartitionWorker::stop);
        List<PartitionWorker> late = workers.values().stream()
                .filter(worker -> !worker.join(deadline.left()))
                .toList();
        if (!late.isEmpty()) {
            LOG.warn(
                    "Consumer {}: {} handlers did not finish in time; their transactions are rolled back",
                    config.identity(),
                    late.size());
            late.forEach(PartitionWorker::abort);
            Deadline end = Deadline.in(AFTER_ABORT);
            late.forEach(worker -> worker.join(end.left()));
        }
        locks.close();
    }

    /** A worker that ended by itself has lost its partition, which another instance may take before this one tries. */
    private void letGoOfEnded() throws SQLException {
        for (PartitionState state : states) {
            PartitionWorker worker = workers.get(state.partition());
            if (worker != null && !worker.isAlive()) {
                workers.remove(state.partition());
                locks.release(state.partition());
            }
        }
    }

    /** The workers of all partitions see the same at about the same time. */
    private void warnOnce(String what) {
        if (!what.equals(warned.getAndSet(what))) {
            LOG.warn("Consumer {}: {}", config.identity(), what);
        }
    }

    private void tell(Set<Integer> owned) {
        if (!owned.equals(told)) {
            LOG.info(
                    "Consumer {} owns {} of {} partitions: {}",
                    config.identity(),
                    owned.size(),
                    states.size(),
                    new TreeSet<>(owned));
            told = owned;
        }
    }
}
