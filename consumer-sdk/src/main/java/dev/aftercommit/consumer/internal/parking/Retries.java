package dev.aftercommit.consumer.internal.parking;

import static dev.aftercommit.consumer.internal.parking.DatabaseTroubleException.resultOf;

import dev.aftercommit.consumer.ParkedCounts;
import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.internal.attempt.FailedEvent;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.attempt.Transactions;
import dev.aftercommit.consumer.internal.handler.HandlerMethod;
import dev.aftercommit.consumer.internal.lifecycle.ConsumerThread;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.observe.RunningSince;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.spi.Commit;
import dev.aftercommit.contract.EventEnvelope;
import java.time.Duration;
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
    private static final int MAX_RUN = 100;
    /** Each may be a megabyte. Where order is given up, nothing waits behind an event that could be tried with it. */
    private static final int MAX_TOGETHER = 25;

    private final ConsumerConfig config;
    private final ParkedTable table;
    private final Transactions transactions;
    private final StopSignal signal = new StopSignal();
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final ConsumerThread thread;
    private final RunningSince transaction = new RunningSince();
    private final ParkedUpkeep upkeep;
    private final int mostTogether;
    private int together;
    /** So many are tried one by one, since nobody knows which of them has failed. */
    private int alone;

    private boolean troubled;

    public Retries(ConsumerConfig config) {
        this.config = config;
        this.table = new ParkedTable(config.identity());
        this.transactions = new Transactions(config.dataSource(), config.transactions());
        this.upkeep = new ParkedUpkeep(table, transactions);
        this.mostTogether = config.reading().mode().isInParallel() ? 1 : MAX_TOGETHER;
        this.together = mostTogether;
        this.thread = new ConsumerThread("aftercommit-" + config.identity().consumer() + "-retries", this::run);
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
        return thread.join(timeout);
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
        return upkeep.counts();
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
        upkeep.tidyIfDue();
        int tried = 0;
        while (tried < MAX_RUN && tryNext()) {
            tried++;
            signal.check();
        }
        upkeep.countIfDue();
        return tried == MAX_RUN
                ? Duration.ZERO
                : pause(resultOf(transactions.run(table::dueIn)).orElse(LOOK_EVERY));
    }

    private static Duration pause(Duration due) {
        if (due.compareTo(LOOK_EVERY) > 0) {
            return LOOK_EVERY;
        }
        return due.isPositive() ? due : SOMEBODY_HAS_IT;
    }

    /** Whether there was one. */
    private boolean tryNext() throws StoppedException, DatabaseTroubleException {
        RetryAttempt attempt = new RetryAttempt(config, table, alone > 0 ? 1 : together);
        alone = Math.max(0, alone - 1);
        together = mostTogether;
        transaction.begins();
        Outcome<Boolean> outcome = transactions.handle(attempt::run);
        transaction.ends();
        if (outcome instanceof Outcome.Failed<Boolean>(Throwable failure)
                && !attempt.events().isEmpty()) {
            signal.check(); // whoever stops it may have cut off the transaction
            if (attempt.failed().first() > 0) {
                together = attempt.failed().first();
            } else if (attempt.failed().size() > 1) {
                alone = attempt.failed().size();
            } else {
                failed(attempt.events().getFirst(), failure);
            }
            return true;
        }
        if (outcome instanceof Outcome.Conflict) {
            return false; // the same again is likely to pass, in a moment
        }
        boolean found = resultOf(outcome);
        config.handlers().unreadable().passedOver(attempt.passedOver());
        passed(attempt.handled());
        return found;
    }

    private void passed(List<ParkedEvent> events) {
        events.forEach(this::tell);
        if (!events.isEmpty() && !config.listeners().isEmpty()) {
            List<EventEnvelope> handled = RetryAttempt.envelopes(events);
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

    private void failed(ParkedEvent event, Throwable failure) throws DatabaseTroubleException {
        EventEnvelope envelope = event.envelope();
        HandlerMethod handler = config.handlers().find(envelope);
        RetryPolicy policy = handler == null ? config.retry() : handler.retry();
        int attempts = event.attempts() + 1;
        Decision decision = FailurePolicy.decide(policy, attempts, failure, random);
        FailedEvent failed = new FailedEvent(envelope, event.sequence(), handler, failure);
        resultOf(transactions.run(connection -> {
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
}
