package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.consumer.internal.attempt.AnswerTimeout;
import dev.aftercommit.consumer.internal.attempt.RunningTransaction;
import dev.aftercommit.consumer.internal.handler.CallRange;
import dev.aftercommit.consumer.internal.handler.HandlerTransaction;
import dev.aftercommit.consumer.internal.handler.UnreadableEventException;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Events of one aggregate in one transaction: one that has failed alone, others together, since what waits behind it
 * must be done faster than more of it comes. Used once, by one thread.
 */
final class RetryAttempt {
    private final ConsumerConfig config;
    private final ParkedTable table;
    private final int most;
    private List<ParkedEvent> events = List.of();
    private final List<UnreadableEventException> passedOver = new ArrayList<>();
    private CallRange failed = new CallRange(0, 0);

    /**
     * @param most so many are tried together
     */
    RetryAttempt(ConsumerConfig config, ParkedTable table, int most) {
        this.config = config;
        this.table = table;
        this.most = most;
    }

    boolean run(RunningTransaction running) throws Throwable {
        Connection connection = running.connection();
        List<ParkedEvent> taken = take(connection);
        if (taken.isEmpty()) {
            return false;
        }
        events = taken;
        running.begun(taken.getFirst().transaction(), () -> config.handlers().names(envelopes(taken)));
        failed = new CallRange(0, taken.size());
        call(taken, running);
        running.finish(() -> table.remove(connection, taken));
        return true;
    }

    /** Those that it is about; none where nothing was due. */
    List<ParkedEvent> events() {
        return events;
    }

    /** Which of them have failed together: all, until it was one call of a handler. */
    CallRange failed() {
        return failed;
    }

    /** Those that could not be read, and are left out. */
    List<UnreadableEventException> passedOver() {
        return passedOver;
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

    static List<EventEnvelope> envelopes(List<ParkedEvent> events) {
        return events.stream().map(ParkedEvent::envelope).toList();
    }
}
