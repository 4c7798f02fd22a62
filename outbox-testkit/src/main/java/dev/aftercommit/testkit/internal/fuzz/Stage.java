package dev.aftercommit.testkit.internal.fuzz;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.TestRelay;
import dev.aftercommit.testkit.internal.Patience;
import dev.aftercommit.testkit.internal.inbox.InboxState;
import dev.aftercommit.testkit.internal.inbox.InboxTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plays one schedule with a real consumer, database and stream. The stream has one partition, so the order in which its events
 * are stored is the order in which they are handled. For one thread.
 */
final class Stage implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private final OutboxFixture fixture;
    private final FuzzConfig config;
    private final JsonEventCodec codec = new JsonEventCodec();
    private final TestRelay relay;
    private final InboxTables inbox;
    private final Commits commits;
    private InstanceDatabase database;
    private AutoCloseable instance;

    Stage(OutboxFixture fixture, FuzzConfig config) {
        this.fixture = fixture;
        this.config = config;
        this.relay = new TestRelay(fixture.natsUrl(), fixture.source());
        relay.stream().create(1);
        this.inbox = InboxTables.open(fixture.dataSource(), fixture.source());
        this.commits = new Commits(fixture.source());
        this.database = new InstanceDatabase(fixture.dataSource(), commits, config.patience());
        this.instance = start();
    }

    /**
     * Plays it to its end.
     *
     * @throws StuckException when the consumer does not come to an end
     */
    Outcome play(Schedule schedule) {
        Commits.@Nullable Expected held = null;
        List<Batch> batches = schedule.batches();
        List<EventEnvelope> last = List.of();
        for (int i = 0; i < batches.size(); i++) {
            Batch batch = batches.get(i);
            boolean nextTogether =
                    i + 1 < batches.size() && batches.get(i + 1).events().size() > 1;
            List<Object> events =
                    batch.events().stream().map(config.events()::get).toList();
            List<EventEnvelope> envelopes = events.stream()
                    .map(event -> relay.envelope(event, Map.of()))
                    .toList();
            last = List.of(envelopes.getLast());
            Commits.Expected expected = commits.expect(envelopes.getLast().position(), batch.fault(), nextTogether);
            for (int event = 0; event < events.size(); event++) {
                relay.publish(envelopes.get(event), codec.write(events.get(event)));
            }
            if (held != null) {
                held.release();
                held = null;
            }
            if (nextTogether) {
                awaitCome(expected, last);
                held = expected;
            } else {
                awaitReached(last);
            }
            if (batch.again()) {
                relay.publishAgain(envelopes.getLast());
            }
        }
        awaitReached(last);
        return outcome();
    }

    /** Meanwhile the instance may have to be replaced, which had crashed at the commit before. */
    private void awaitCome(Commits.Expected expected, List<EventEnvelope> events) {
        awaiting(events, () -> expected.awaitCome(LOOK_EVERY));
    }

    private void awaitReached(List<EventEnvelope> events) {
        awaiting(events, () -> inbox.read().hasReached(events));
    }

    private interface Condition {
        boolean holds();
    }

    private void awaiting(List<EventEnvelope> events, Condition condition) {
        boolean come = new Patience(config.patience(), LOOK_EVERY).until(() -> {
            if (database.isDead()) {
                replaceInstance();
            }
            return condition.holds();
        });
        if (!come) {
            throw new StuckException("The consumer does not go on within " + config.patience() + ": "
                    + inbox.read().describe(events));
        }
    }

    /** What is tried again may pass once another aggregate's event has come, so it has its time. */
    private Outcome outcome() {
        new Patience(config.patience(), LOOK_EVERY).until(() -> {
            if (database.isDead()) {
                replaceInstance();
            }
            return !inbox.read().isRetrying();
        });
        InboxState state = inbox.read();
        stop();
        List<String> rows = new ArrayList<>();
        for (String query : config.queries()) {
            rows.addAll(Sql.query(fixture.dataSource(), query));
        }
        return new Outcome(rows, state.describeHeld());
    }

    private void replaceInstance() {
        stop();
        database.awaitSessionsEnd();
        database = new InstanceDatabase(fixture.dataSource(), commits, config.patience());
        instance = start();
    }

    private AutoCloseable start() {
        try {
            return config.consumer().start(database.dataSource(), fixture.natsUrl(), fixture.source());
        } catch (Exception e) {
            throw new IllegalStateException("The consumer does not start: " + e.getMessage(), e);
        }
    }

    private void stop() {
        try {
            instance.close();
        } catch (Exception e) {
            throw new IllegalStateException("The consumer does not stop: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        stop();
        inbox.close();
        relay.stream().delete();
        relay.close();
    }
}
