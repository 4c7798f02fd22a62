package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.debezium.DebeziumCapture;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.PostgresSource;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.preflight.DatabasePreflight;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.upkeep.TableUpkeep;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: connect, check, wait to lead, lead, until something is lost or the relay is to stop. A run keeps nothing of the
 * one before it; journal, slot and stream say where to go on.
 */
final class RelayRun {
    private static final Logger LOG = LoggerFactory.getLogger(RelayRun.class);
    private static final SlotNames NAMES = SlotNames.DEFAULT;
    private static final Duration STANDBY_POLL = Duration.ofMillis(200);

    private final RelayConfig config;
    private final Progress progress;
    private final BooleanSupplier stopped;
    private final Machine machine;
    private boolean publishedBefore;
    private boolean passedChecks;
    private boolean belongTogether;
    private @Nullable Leading leading;

    RelayRun(RelayConfig config, Progress progress, BooleanSupplier stopped, Machine machine) {
        this.config = config;
        this.progress = progress;
        this.stopped = stopped;
        this.machine = machine;
    }

    /**
     * Runs until the relay is told to stop.
     *
     * @throws AftercommitException what ended the run, when that was not the relay's wish
     */
    void execute() throws InterruptedException {
        progress.runStarted();
        Database database = new Database(config.database());
        try (PostgresSource source =
                PostgresSource.connect(database, NAMES, serves -> new DebeziumCapture(database, NAMES, serves))) {
            requireSuitable(database, source);
            publishedBefore = wasPublished(source);
            passedChecks = publishedBefore;
            try {
                publish(source);
            } catch (AftercommitException e) {
                if (ReleaseValve.isFor(e.code())) {
                    new ReleaseValve(source, config.walBudgetBytes(), progress, stopped, machine).relieve();
                }
                throw e;
            }
        }
    }

    private void publish(PostgresSource source) throws InterruptedException {
        try (Broker broker = Broker.connect(config.nats())) {
            EventStream stream = broker.stream(config.source(), config.streamReplicas());
            stream.look();
            requireRoom(broker);
            passedChecks = true;
            belongTogether = publishedBefore;
            if (awaitLead(source)) {
                Leading.Work work = new Leading.Work(config.source(), new TableUpkeep(config.partitions()));
                leading = new Leading(work, source, stream, progress, stopped, machine);
                leading.lead();
            }
        } catch (IllegalStateException e) {
            // What the NATS client throws from any call when its connection is gone.
            throw new AftercommitException(
                    ErrorCode.BROKER_UNAVAILABLE, "The connection to NATS was lost: " + e.getMessage() + ".", e);
        }
    }

    /** Later on single events may be too large; then they are parked. */
    private void requireRoom(Broker broker) {
        String lack = broker.lackOfRoom();
        if (lack != null && !passedChecks) {
            throw new AftercommitException(ErrorCode.BROKER_UNSUITABLE, lack);
        }
        if (lack != null) {
            LOG.warn("{} Larger events are parked.", lack);
        }
    }

    /** Then the stream was right once, and is waited for, with the release valve at hand. */
    private static boolean wasPublished(Source source) {
        try (Ledger ledger = source.openLedger()) {
            return ledger.noted().epoch() != null;
        }
    }

    private static void requireSuitable(Database database, PostgresSource source) {
        try {
            DatabasePreflight.require(source.connection(), NAMES);
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }

    /** Waits until this relay leads; false when it was told to stop before. */
    private boolean awaitLead(Source source) throws InterruptedException {
        while (!stopped.getAsBoolean()) {
            switch (source.tryToLead()) {
                case Source.Lease.Leads leads -> {
                    return true;
                }
                case Source.Lease.AnotherLeads another -> standBy();
                case Source.Lease.SlotIsHeld held -> waitForSlot(held.who());
            }
            machine.pause(STANDBY_POLL);
        }
        return false;
    }

    private void standBy() {
        belongTogether = true;
        if (progress.status().phase().state() != RelayState.STANDBY) {
            progress.enter(RelayState.STANDBY, null);
            LOG.info("Another relay is active; this one stands by");
        }
    }

    /** No relay leads, so it is one that has just died, or a program that is none. */
    private void waitForSlot(String who) {
        if (progress.status().phase().state() != RelayState.WAITING) {
            LOG.info("Waits for the replication slot, which is in use by {}", who);
        }
        progress.enter(
                RelayState.WAITING,
                new AftercommitException(
                        ErrorCode.DATABASE_UNSUITABLE,
                        "No relay leads, but the replication slot \"" + NAMES.slot() + "\" is in use by " + who
                                + ". The slot of a relay that has died is free within seconds; a program that is not a"
                                + " relay must be stopped."));
    }

    /** Whether both servers answered, now or once before, and are such that the relay can work with them. */
    boolean passedChecks() {
        return passedChecks;
    }

    /**
     * Whether database and stream belong together as far as anybody can know: the run came as far as standing by or
     * publishing, or found both fit and the database published before. What blocks it then is a past that was changed
     * meanwhile.
     */
    boolean belongTogether() {
        Leading current = leading;
        return belongTogether || (current != null && current.isAtWork());
    }
}
