package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.consumer.ParkedCounts;
import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.internal.attempt.FailedEvent;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.attempt.Transactions;
import dev.aftercommit.consumer.internal.handler.HandlerMethod;
import dev.aftercommit.consumer.internal.handler.HandlerTransaction;
import dev.aftercommit.consumer.internal.handler.UnreadableEventException;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
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
    /** Each may be a megabyte. */
    private static final int MAX_TOGETHER = 25;

    private final ConsumerConfig config;
    private final ParkedTable table;
    private final Transactions transactions;
    private final StopSignal signal = new StopSignal();
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Thread thread;
    private volatile ParkedCounts counts = ParkedCounts.NONE;
    private int together = MAX_TOGETHER;
    private boolean troubled;
    private long countAt = System.nanoTime();
    private long tidyAt = countAt;

    public Retries(ConsumerConfig config) {
        this.config = config;
        this.table = new ParkedTable(config.identity());
        this.transactions = new Transactions(config.dataSource());
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
    private boolean tryNext() throws DatabaseTroubleException {
        Attempt attempt = new Attempt(together);
        together = MAX_TOGETHER;
        Outcome<Boolean> outcome = transactions.run(attempt::run);
        if (outcome instanceof Outcome.Failed<Boolean>(Throwable failure) && !attempt.events.isEmpty()) {
            if (attempt.events.size() == 1 || attempt.failedAt == 0) {
                failed(attempt.events.getFirst(), failure);
            } else {
                together = Math.max(1, attempt.failedAt);
            }
            return true;
        }
        if (outcome instanceof Outcome.Conflict) {
            return false; // the same again is likely to pass, in a moment
        }
        boolean found = result(outcome);
        config.handlers().unreadable().passedOver(attempt.passedOver);
        attempt.handled.forEach(this::passed);
        return found;
    }

    private void passed(ParkedEvent event) {
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
        private final List<ParkedEvent> handled = new ArrayList<>();
        private final List<UnreadableEventException> passedOver = new ArrayList<>();
        /** Below 0 until a handler fails. */
        private int failedAt = -1;

        Attempt(int most) {
            this.most = most;
        }

        boolean run(Connection connection) throws Throwable {
            ParkedEvent first = table.next(connection, config.idleTransaction());
            if (first == null) {
                return false;
            }
            List<ParkedEvent> taken = new ArrayList<>(List.of(first));
            if (first.attempts() == 0 && most > 1) {
                taken.addAll(table.behind(connection, first, most - 1));
            }
            events = taken;
            HandlerTransaction transaction = new HandlerTransaction(connection);
            int at = 0;
            try {
                for (; at < taken.size(); at++) {
                    ParkedEvent event = taken.get(at);
                    int before = passedOver.size();
                    config.handlers().handle(event.envelope(), event.payload(), transaction, passedOver::add);
                    if (passedOver.size() == before) {
                        handled.add(event);
                    }
                }
            } catch (Throwable failure) {
                failedAt = at;
                throw failure;
            } finally {
                transaction.end();
            }
            if (!table.remove(connection, taken)) {
                throw Transactions.endedByHandler();
            }
            return true;
        }
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
                        "Consumer {}: {}. It is dead after {} attempts, and later events of its aggregate wait behind it in"
                                + " inbox.parked_event",
                        config.identity(),
                        failed.what(),
                        attempts);
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
