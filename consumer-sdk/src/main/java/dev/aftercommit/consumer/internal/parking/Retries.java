package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.consumer.ParkedCounts;
import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.internal.attempt.AnswerTimeout;
import dev.aftercommit.consumer.internal.attempt.FailedEvent;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.attempt.RunningTransaction;
import dev.aftercommit.consumer.internal.attempt.Transactions;
import dev.aftercommit.consumer.internal.handler.CallRange;
import dev.aftercommit.consumer.internal.handler.HandlerMethod;
import dev.aftercommit.consumer.internal.handler.HandlerTransaction;
import dev.aftercommit.consumer.internal.handler.UnreadableEventException;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.observe.RunningSince;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.spi.Commit;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tries parked events again when their time has come, on one thread. Every instance of a consumer does so, whoever owns the
 * partitions: an event is locked while it is tried.
 */
public final class Retries {
    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration SOMEBODY_HAS_IT = Duration.ofMillis(100);
    private static final Duration COUNT_EVERY = Duration.ofSeconds(2);
    /** What looks at all that is parked takes no more than one part of so many of the time, however much that is. */
    private static final int SHARE = 50;

    private static final Duration TIDY_EVERY = Duration.ofSeconds(10);
    private static final int MAX_RUN = 100;
    /** Each may be a megabyte. Where order is given up, nothing waits behind an event that could be tried with it. */
    private static final int MAX_TOGETHER = 25;

    private final ConsumerConfig config;
    private final ParkedTable table;
    private final Transactions transactions;
    private final StopSignal signal = new StopSignal();
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Thread thread;
    private final RunningSince transaction = new RunningSince();
    private volatile ParkedCounts counts = ParkedCounts.NONE;
    private final int mostTogether;
    private int together;
    /** So many are tried one by one, since nobody knows which of them has failed. */
    private int alone;

    private boolean troubled;
    private long countAt = System.nanoTime();
    private long tidyAt = countAt;

    public Retries(ConsumerConfig config) {
        this.config = config;
        this.table = new ParkedTable(config.identity());
        this.transactions = new Transactions(config.dataSource(), config.transactions());
        this.mostTogether = config.reading().mode().isInParallel() ? 1 : MAX_TOGETHER;
        this.together = mostTogether;
        this.thread = Thread.ofVirtual()
                .name("aftercommit-" + config.identity().consumer() + "-retries")
                .unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Asks it to end after the transaction that runs now. */
    public void stop() {
        signal.stop();
    }

    /** Makes it look now. */
    public void wake() {
        signal.wake();
    }

    /** Waits for its end; false when it did not come in time. */
    public boolean join(Duration timeout) {
        try {
            return thread.getState() == Thread.State.NEW || thread.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Cuts off what it does now. It must have been stopped before. */
    public void abort() {
        transactions.abort();
        thread.interrupt();
    }

    /** How long the attempt that runs now has been running; null when none runs. */
    @Nullable
    public Duration transactionAge() {
        return transaction.age();
    }

    /** As it was a few seconds ago. */
    public ParkedCounts counts() {
        return counts;
    }

    private void run() {
        try {
            while (true) {
                signal.check();
                signal.pause(next(), true);
            }
        } catch (StoppedException e) {
            LOG.debug("Consumer {}: retries stopped", config.identity());
        }
    }

    private Duration next() throws StoppedException {
        try {
            Duration pause = round();
            troubled = false;
            return pause;
        } catch (DatabaseTroubleException | RuntimeException e) {
            signal.check(); // whoever stops it may have cut off the transaction
            if (!troubled) {
                LOG.warn("Consumer {}: parked events wait: {}", config.identity(), e.getMessage());
            }
            LOG.debug("Consumer {}: parked events wait", config.identity(), e);
            troubled = true;
            return LOOK_EVERY;
        }
    }

    /** Returns how long to wait for the next one. */
    private Duration round() throws StoppedException, DatabaseTroubleException {
        if (System.nanoTime() - tidyAt >= 0) {
            long begin = System.nanoTime();
            tidy();
            tidyAt = next(begin, TIDY_EVERY);
        }
        int tried = 0;
        while (tried < MAX_RUN && tryNext()) {
            tried++;
            signal.check();
        }
        if (System.nanoTime() - countAt >= 0) {
            long begin = System.nanoTime();
            counts = result(transactions.run(table::counts));
            countAt = next(begin, COUNT_EVERY);
        }
        return tried == MAX_RUN
                ? Duration.ZERO
                : pause(result(transactions.run(table::dueIn)).orElse(LOOK_EVERY));
    }

    private static Duration pause(Duration due) {
        if (due.compareTo(LOOK_EVERY) > 0) {
            return LOOK_EVERY;
        }
        return due.isPositive() ? due : SOMEBODY_HAS_IT;
    }

    /** When what began then and is done now is to be done again. */
    private static long next(long begin, Duration every) {
        long end = System.nanoTime();
        return end + Math.max(every.toNanos(), (end - begin) * SHARE);
    }

    private void tidy() throws DatabaseTroubleException {
        int promoted = result(transactions.run(table::promoteWhatIsLeft));
        if (promoted > 0) {
            LOG.info(
                    "Consumer {}: {} queues of parked events go on, the first events of which are gone",
                    config.identity(),
                    promoted);
        }
    }

    /** Whether there was one. */
    private boolean tryNext() throws StoppedException, DatabaseTroubleException {
        Attempt attempt = new Attempt(alone > 0 ? 1 : together);
        alone = Math.max(0, alone - 1);
        together = mostTogether;
        transaction.begins();
        Outcome<Boolean> outcome = transactions.handle(attempt::run);
        transaction.ends();
        if (outcome instanceof Outcome.Failed<Boolean>(Throwable failure) && !attempt.events.isEmpty()) {
            signal.check(); // whoever stops it may have cut off the transaction
            if (attempt.failed.first() > 0) {
                together = attempt.failed.first();
            } else if (attempt.failed.size() > 1) {
                alone = attempt.failed.size();
            } else {
                failed(attempt.events.getFirst(), failure);
            }
            return true;
        }
        if (outcome instanceof Outcome.Conflict) {
            return false; // the same again is likely to pass, in a moment
        }
        boolean found = result(outcome);
        config.handlers().unreadable().passedOver(attempt.passedOver);
        passed(attempt.handled());
        return found;
    }

    private void passed(List<ParkedEvent> events) {
        events.forEach(this::tell);
        if (!events.isEmpty() && !config.listeners().isEmpty()) {
            List<EventEnvelope> handled = envelopes(events);
            Commit commit = new Commit(handled.getFirst().partition(), handled, List.of());
            config.listeners().tell(listener -> listener.committed(commit));
        }
    }

    private void tell(ParkedEvent event) {
        LOG.atLevel(event.attempts() == 0 ? Level.DEBUG : Level.INFO)
                .log(
                        "Consumer {}: parked event {} of {} passed at attempt {}",
                        config.identity(),
                        event.envelope().eventId(),
                        event.aggregate(),
                        event.attempts() + 1);
    }

    /**
     * Events of one aggregate in one transaction: one that has failed alone, others together, since what waits behind it
     * must be done faster than more of it comes.
     */
    private final class Attempt {
        private final int most;
        private List<ParkedEvent> events = List.of();
        private final List<UnreadableEventException> passedOver = new ArrayList<>();
        /** All of them, until one call of a handler has failed. */
        private CallRange failed = new CallRange(0, 0);

        Attempt(int most) {
            this.most = most;
        }

        boolean run(RunningTransaction running) throws Throwable {
            Connection connection = running.connection();
            List<ParkedEvent> taken = take(connection);
            if (taken.isEmpty()) {
                return false;
            }
            events = taken;
            running.begun(
                    taken.getFirst().transaction(), () -> config.handlers().names(envelopes(taken)));
            failed = new CallRange(0, taken.size());
            call(taken, running);
            running.finish(() -> table.remove(connection, taken));
            return true;
        }

        /** Those of them that are not passed over. */
        List<ParkedEvent> handled() {
            return events.stream()
                    .filter(event -> !UnreadableEventException.isAmong(passedOver, event.envelope()))
                    .toList();
        }

        private void call(List<ParkedEvent> taken, RunningTransaction running) throws Throwable {
            HandlerTransaction transaction = new HandlerTransaction(running.connection());
            CallRange now = failed;
            try {
                for (CallRange range : config.handlers().calls(envelopes(taken))) {
                    now = range;
                    List<ParkedEvent> together = range.of(taken);
                    config.handlers()
                            .handle(together.stream().map(ParkedEvent::encoded).toList(), transaction, passedOver::add);
                    running.requireOpen(() -> config.handlers().names(envelopes(together)));
                }
            } catch (Throwable failure) {
                failed = now;
                throw failure;
            } finally {
                transaction.end();
            }
        }

        private List<ParkedEvent> take(Connection connection) throws SQLException {
            try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
                ParkedEvent first = table.next(connection, config.idleTransaction());
                if (first == null) {
                    return List.of();
                }
                List<ParkedEvent> taken = new ArrayList<>(List.of(first));
                if (first.attempts() == 0 && most > 1) {
                    taken.addAll(table.behind(connection, first, most - 1));
                }
                return taken;
            }
        }
    }

    private static List<EventEnvelope> envelopes(List<ParkedEvent> events) {
        return events.stream().map(ParkedEvent::envelope).toList();
    }

    private void failed(ParkedEvent event, Throwable failure) throws DatabaseTroubleException {
        EventEnvelope envelope = event.envelope();
        HandlerMethod handler = config.handlers().find(envelope);
        RetryPolicy policy = handler == null ? config.retry() : handler.retry();
        int attempts = event.attempts() + 1;
        Decision decision = FailurePolicy.decide(policy, attempts, failure, random);
        FailedEvent failed = new FailedEvent(envelope, event.sequence(), handler, failure);
        result(transactions.run(connection -> {
            table.failed(connection, event, decision, failed.error());
            return true;
        }));
        config.listeners().tell(listener -> listener.failed(failed.attempt(attempts, decision)));
        switch (decision) {
            case Decision.RetryAfter(Duration pause) ->
                LOG.debug(
                        "Consumer {}: {}. Attempt {} of {}; the next one is in {} ms",
                        config.identity(),
                        failed.what(),
                        attempts,
                        policy.attempts(),
                        pause.toMillis(),
                        failure);
            case Decision.Dead dead ->
                LOG.error(
                        "Consumer {}: {}. It is dead after {} attempts, in inbox.parked_event, and {}",
                        config.identity(),
                        failed.what(),
                        attempts,
                        config.reading().mode().ofOthers());
        }
    }

    private static <T> T result(Outcome<T> outcome) throws DatabaseTroubleException {
        return switch (outcome) {
            case Outcome.Committed<T>(T result) -> result;
            case Outcome.Failed<T>(Throwable failure) -> throw new DatabaseTroubleException(failure);
            case Outcome.Conflict<T>(Throwable failure) -> throw new DatabaseTroubleException(failure);
            case Outcome.DatabaseAway<T>(Throwable failure) -> throw new DatabaseTroubleException(failure);
            case Outcome.OwnerChanged<T>(var how) -> throw new DatabaseTroubleException(how);
        };
    }

    /** No answer, or not the right one: it looks again in a moment. */
    private static final class DatabaseTroubleException extends Exception {
        private static final long serialVersionUID = 1;

        DatabaseTroubleException(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }
}
