package dev.aftercommit.consumer.internal.parallel;

import dev.aftercommit.consumer.internal.attempt.DatabaseAwayException;
import dev.aftercommit.consumer.internal.lifecycle.Deadline;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.consumer.internal.stream.Assignment;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that this instance has in hand, each on a virtual thread of its own. While one runs, JetStream is told again and
 * again that it does. Thread-safe, though events are begun by one thread.
 */
final class RunningEvents {
    private static final Logger LOG = LoggerFactory.getLogger(RunningEvents.class);
    /** A third of what JetStream waits for, so that one of these may be lost. */
    private static final Duration SIGNAL_EVERY = Duration.ofSeconds(10);

    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration AFTER_BUG = Duration.ofSeconds(5);

    private final ConsumerIdentity identity;
    private final int most;
    private final EventHandling handling;
    private final Map<UUID, Running> running = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable DatabaseAwayException> trouble = new AtomicReference<>();
    private final StopSignal allEnded = new StopSignal();
    private volatile Runnable oneEnded = () -> {};

    private record Running(Assignment assignment, EventTransaction transaction, Thread thread, long sinceNanos) {}

    /**
     * @param most how many at a time
     */
    RunningEvents(ConsumerIdentity identity, int most, EventHandling handling) {
        this.identity = identity;
        this.most = most;
        this.handling = handling;
    }

    /** Begins to tell JetStream. */
    void start() {
        Thread.ofVirtual().name(threadName() + "-progress").start(this::tellOfProgress);
    }

    /** From now on this is called when more can be begun. */
    void whenOneEnds(Runnable told) {
        oneEnded = told;
    }

    /** How many more could be begun now. */
    int free() {
        return most - running.size();
    }

    int most() {
        return most;
    }

    int count() {
        return running.size();
    }

    /** Why one could not be handled since this was asked last; null when none was given back. */
    @Nullable
    DatabaseAwayException trouble() {
        return trouble.getAndSet(null);
    }

    /** Handles an event. One that is in hand already has come again while it runs; nothing has to be done for that. */
    void begin(Assignment assignment, EventTransaction transaction) {
        UUID eventId = transaction.envelope().eventId();
        if (running.containsKey(eventId)) {
            assignment.comeAgain(SIGNAL_EVERY);
            return;
        }
        Thread thread = Thread.ofVirtual()
                .name(threadName() + '-' + assignment.delivery().sequence())
                .unstarted(() -> run(assignment, transaction));
        running.put(eventId, new Running(assignment, transaction, thread, System.nanoTime()));
        thread.start();
    }

    private String threadName() {
        return "aftercommit-" + identity.consumer() + "-parallel";
    }

    private void run(Assignment assignment, EventTransaction transaction) {
        try {
            switch (answer(assignment, transaction)) {
                case Answer.Settled settled -> assignment.settled();
                case Answer.ComeAgain(Duration after) -> assignment.comeAgain(after);
            }
        } finally {
            running.remove(transaction.envelope().eventId());
            oneEnded.run();
        }
    }

    private Answer answer(Assignment assignment, EventTransaction transaction) {
        try {
            return handling.handle(transaction, assignment.delivery().sequence());
        } catch (StoppedException e) {
            return new Answer.ComeAgain(Duration.ZERO);
        } catch (DatabaseAwayException e) {
            trouble.set(e);
            return new Answer.ComeAgain(AFTER_TROUBLE);
        } catch (Throwable bug) {
            LOG.error(
                    "Consumer {}: an unexpected error; event {} comes again",
                    identity,
                    transaction.envelope().eventId(),
                    bug);
            return new Answer.ComeAgain(AFTER_BUG);
        }
    }

    private void tellOfProgress() {
        try {
            while (true) {
                allEnded.pause(SIGNAL_EVERY, false);
                running.values().forEach(each -> each.assignment().inProgress());
            }
        } catch (StoppedException e) {
            LOG.trace("Consumer {}: nothing runs any more", identity);
        }
    }

    /** When the oldest event in hand was committed; null when none is, or none of them says so. */
    @Nullable
    Instant oldest() {
        return running.values().stream()
                .map(each -> each.assignment().delivery().time())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** How long the one that has run for the longest has; null when none runs. */
    @Nullable
    Duration age() {
        long now = System.nanoTime();
        return running.values().stream()
                .map(each -> Duration.ofNanos(now - each.sinceNanos()))
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Waits for the end of what runs; returns how many have not come to it in time. None must be begun meanwhile. */
    int join(Deadline deadline) {
        int late = 0;
        for (Running each : List.copyOf(running.values())) {
            try {
                late += each.thread().join(deadline.left()) ? 0 : 1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return running.size();
            }
        }
        return late;
    }

    /** Cuts off what runs. */
    void abort() {
        running.values().forEach(each -> {
            each.transaction().abort();
            each.thread().interrupt();
        });
    }

    /** Does not tell JetStream any more. */
    void end() {
        allEnded.stop();
    }
}
