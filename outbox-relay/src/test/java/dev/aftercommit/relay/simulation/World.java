package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.simulation.Plan.Action;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A database, a broker and two relays, and what a plan does to them. One run; the calling thread must be virtual. */
final class World {
    private static final int PATIENCE_SECONDS = 240;
    private static final long HOUR_MILLIS = 3_600_000;

    /** Whom a call goes to. */
    enum Server {
        DATABASE,
        BROKER,
        NONE
    }

    private final Plan plan;
    private final SplittableRandom random;
    private final Scheduler scheduler;
    private final SimulatedDatabase database;
    private final SimulatedBroker broker;
    private final Oracle oracle = new Oracle(this);
    private final RelayProcess[] relays = new RelayProcess[2];
    private final long[] restartAt = new long[2];
    private final Causes causes = new Causes(this);
    private final int window;
    private final int patience;
    private final long walBudget;
    private final @Nullable List<String> trace;

    private int steps;
    private int next;
    private int starts;
    private int branches;
    private boolean failHere;
    private boolean calm;
    private boolean limitsAreWide;
    private @Nullable HealProcess healing;
    private @Nullable Violation violation;

    World(long seed, Plan plan, boolean traced) {
        this.plan = plan;
        this.random = new SplittableRandom(seed);
        this.trace = traced ? new ArrayList<>() : null;
        this.window = 1 << random.nextInt(5);
        this.patience = 1 + random.nextInt(500);
        this.walBudget = random.nextInt(3) == 0 ? 100 + random.nextInt(2_000) : Long.MAX_VALUE;
        this.scheduler = new Scheduler(random, this::timePasses);
        this.database = new SimulatedDatabase(this, random);
        this.broker = new SimulatedBroker(this, random);
    }

    /** Runs it; what was violated, or null. */
    @Nullable
    Violation run() {
        try {
            relays[0] = startRelay();
            relays[1] = startRelay();
            while (next < plan.actions().size() && violation == null) {
                scheduler.pause(300);
                restartRelays();
            }
            comeToRest();
        } catch (Violation e) {
            violation = violation == null ? e : violation;
        } finally {
            scheduler.end();
        }
        return violation;
    }

    private void restartRelays() {
        for (int i = 0; i < relays.length; i++) {
            if (relays[i].hasEnded()) {
                if (restartAt[i] == 0) {
                    restartAt[i] = now() + random.nextInt(3_000);
                } else if (now() >= restartAt[i]) {
                    restartAt[i] = 0;
                    relays[i] = startRelay();
                }
            }
        }
    }

    private RelayProcess startRelay() {
        RelayProcess relay = new RelayProcess(this, "relay-" + ++starts);
        relay.start();
        say("{} is started", relay);
        return relay;
    }

    /**
     * Nothing breaks any more; somebody does what a blocked relay asks for. What the stream does not take may be in the way
     * of nothing else, before somebody sees to it.
     */
    private void comeToRest() {
        say("All is well from here on", "");
        calm = true;
        for (RelayProcess relay : relays) {
            relay.thaw();
            relay.forgetBlocked();
        }
        for (Transaction transaction : List.copyOf(database.transactions)) {
            if (!transaction.committed) {
                database.commit(transaction, 0);
            }
        }
        database.settle(true);
        limitsAreWide |= !causes.includeOneOf(Plan.Kind.COMMIT_UNFIT) || chance(2);
        broker.messagesToLose = 0;
        broker.acknowledgementsToLose = 0;
        commitOne();
        String unrest = "";
        for (int i = 0; i < PATIENCE_SECONDS && violation == null; i++) {
            if (limitsAreWide) {
                database.request(SimulatedDatabase.Request.RETRY, parked -> true);
            }
            scheduler.pause(1_000);
            restartRelays();
            unrest = oracle.unrest(!limitsAreWide);
            boolean isQuiet = unrest == null;
            if (isQuiet && limitsAreWide) {
                unrest = oracle.untold();
                if (unrest == null) {
                    return;
                }
            }
            limitsAreWide |= isQuiet;
            mendWhatBlocks();
        }
        if (violation == null) {
            violate("After " + PATIENCE_SECONDS + " quiet seconds: " + unrest);
        }
    }

    private void commitOne() {
        Transaction last = database.begin();
        database.insert(last);
        database.commit(last, 0);
    }

    private void mendWhatBlocks() {
        for (RelayProcess relay : relays) {
            AftercommitException reason = relay.hasEnded() ? null : relay.blocked();
            if (reason != null) {
                say("Somebody reads: {}", reason.getMessage());
                causes.require(reason.getMessage());
                if (reason.getMessage().contains("that this relay has not made")) {
                    database.dropSlot(false);
                } else {
                    heal();
                }
                relays[0].forgetBlocked();
                relays[1].forgetBlocked();
            }
        }
    }

    private boolean heal() {
        if (healing != null && !healing.hasEnded()) {
            return false;
        }
        healing = new HealProcess(this, causes);
        healing.start();
        return true;
    }

    private void timePasses() {
        database.settle(false);
        for (int i = 0; i < 4; i++) {
            broker.carry();
        }
    }

    // What the ports call

    /** A process is about to call a server. */
    void enter(SimulatedProcess process, String what, Server server) {
        requireAlive(process);
        steps++;
        scheduler.tick();
        if (trace != null) {
            say("{} {} {}", process, scheduler.running(), what);
        }
        broker.carry();
        act(process);
        requireAlive(process);
        scheduler.mayYield();
        requireAlive(process);
        if (failHere && server != Server.NONE) {
            failHere = false;
            throw failure(server, what);
        }
    }

    /** The server has done it; the process may not get to know. */
    void leave(SimulatedProcess process, String what, Server server) {
        if (process.diesNow()) {
            say("{} dies behind it", process);
            process.kill();
        }
        requireAlive(process);
        if (server != Server.NONE && process.failsNow()) {
            throw failure(server, what);
        }
        scheduler.mayYield();
    }

    private AftercommitException failure(Server server, String what) {
        say("  {} fails", what);
        return server == Server.DATABASE ? DatabaseCalls.unavailable(what) : SimulatedEventStream.unavailable(what);
    }

    private void requireAlive(SimulatedProcess process) {
        if (scheduler.isOver() || process.isKilled() || violation != null) {
            throw new Killed();
        }
    }

    private void act(SimulatedProcess here) {
        while (!calm && next < plan.actions().size() && plan.actions().get(next).step() <= steps) {
            Action action = plan.actions().get(next++);
            boolean happened = act(action, here);
            say(happened ? "* {} ({})" : "* not possible: {} ({})", action.kind(), action.argument());
            if (happened) {
                causes.add(action.kind());
            }
        }
    }

    private boolean act(Action action, SimulatedProcess here) {
        int argument = action.argument();
        RelayProcess any = relays[argument & 1];
        switch (action.kind()) {
            case COMMIT -> commit(1 + argument % 4, 0);
            case BEGIN -> database.begin();
            case INSERT -> open(false).ifPresent(database::insert);
            case END ->
                open(true).ifPresent(transaction -> {
                    if (argument % 3 == 0) {
                        database.rollBack(transaction);
                    } else {
                        database.commit(transaction, 0);
                    }
                });
            case OTHER_WORK -> database.commitLedger();
            case PREPARE -> prepare(1 + argument % 3);
            case SLOW_COMMIT -> commit(1 + argument % 3, 100 + argument % 8_000);
            case KILL_HERE -> here.kill();
            case KILL_BEHIND -> here.dieBehind();
            case KILL -> any.kill();
            case FREEZE -> here.freeze(argument % 20_000);
            case STOP -> any.stop();
            case FAIL_HERE -> failHere = true;
            case FAIL_BEHIND -> here.failBehind();
            case CUT_BROKER -> broker.cut(argument);
            case LOSE_MESSAGE -> broker.messagesToLose += 1 + argument % 3;
            case LOSE_ACKNOWLEDGEMENT -> broker.acknowledgementsToLose++;
            case CUT_CAPTURE -> {
                return cutCapture();
            }
            case RESTART_DATABASE -> database.restart();
            case SNAPSHOT -> database.takeSnapshot();
            case RESTORE -> {
                return database.restore();
            }
            case REPLICATE -> database.replicate();
            case FAIL_OVER -> {
                return database.failOver(argument);
            }
            case DUMP_INTO_ANOTHER -> database.dumpIntoAnother();
            case DROP_SLOT -> {
                return database.dropSlot(false);
            }
            case DROP_AND_MAKE_SLOT -> {
                return database.dropSlot(true);
            }
            case ADVANCE_SLOT -> {
                return database.advanceSlot(argument);
            }
            case LOSE_SLOT -> {
                return database.loseSlot();
            }
            case ALTER_PUBLICATION -> {
                return database.alterPublication(false);
            }
            case ALTER_PUBLICATION_BACK -> {
                return database.alterPublication(true);
            }
            case DROP_PUBLICATION -> {
                return database.dropPublication(false);
            }
            case DROP_AND_MAKE_PUBLICATION -> {
                return database.dropPublication(true);
            }
            case DELETE_STREAM -> {
                return broker.delete();
            }
            case PURGE -> {
                return broker.purge(true, argument);
            }
            case PURGE_SOME -> {
                return broker.purge(false, argument);
            }
            case DELETE_MESSAGE -> {
                return broker.deleteMessage(false, argument);
            }
            case DELETE_LAST_MESSAGE -> {
                return broker.deleteMessage(true, argument);
            }
            case COPY_STREAM -> {
                return broker.takeCopy();
            }
            case RESTORE_STREAM -> {
                return broker.restore();
            }
            case COMMIT_UNFIT -> commitUnfit(argument);
            case CHANGE_LIMITS -> limitsAreWide = !limitsAreWide;
            case HOURS_PASS -> scheduler.jump(HOUR_MILLIS + argument % 16 * HOUR_MILLIS / 4);
            case HEAL -> {
                return heal();
            }
            case RETRY -> {
                return database.request(SimulatedDatabase.Request.RETRY, argument);
            }
            case DISCARD -> {
                return database.request(SimulatedDatabase.Request.DISCARD, argument);
            }
        }
        return true;
    }

    private void commit(int rows, long visibleAfter) {
        Transaction transaction = database.begin();
        for (int i = 0; i < rows; i++) {
            database.insert(transaction);
        }
        database.commit(transaction, visibleAfter);
    }

    private void commitUnfit(int argument) {
        SimulatedDatabase.Trouble[] troubles = SimulatedDatabase.Trouble.values();
        Transaction transaction = database.begin();
        database.insert(transaction, troubles[1 + argument % (troubles.length - 1)]);
        for (int i = 0; i < argument / 8 % 3; i++) {
            database.insert(transaction);
        }
        database.commit(transaction, 0);
    }

    /** Whether the stream takes what it would not take otherwise. */
    boolean areLimitsWide() {
        return limitsAreWide;
    }

    private void prepare(int rows) {
        Transaction transaction = database.begin();
        for (int i = 0; i < rows; i++) {
            database.insert(transaction);
        }
        transaction.prepared = true;
    }

    private java.util.Optional<Transaction> open(boolean alsoPrepared) {
        List<Transaction> open = database.transactions.stream()
                .filter(transaction -> !transaction.committed && (alsoPrepared || !transaction.prepared))
                .toList();
        return open.isEmpty()
                ? java.util.Optional.empty()
                : java.util.Optional.of(open.get(random.nextInt(open.size())));
    }

    private boolean cutCapture() {
        if (database.contents.slot == null || database.contents.slot.user == null) {
            return false;
        }
        database.contents.slot.user.cut();
        database.contents.slot.user = null;
        return true;
    }

    Scheduler.Fiber start(String name, SimulatedProcess owner, Runnable body) {
        return scheduler.start(name, owner, () -> {
            try {
                body.run();
            } catch (RuntimeException e) {
                violation = violation != null ? violation : new Violation(name + " ended: " + e, e);
            }
        });
    }

    void join(Scheduler.Fiber fiber) {
        while (!fiber.isDone()) {
            scheduler.pause(5);
        }
    }

    void pause(long millis) {
        scheduler.pause(millis);
    }

    void violate(String text) {
        say("! {}", text);
        Violation found = new Violation(text);
        if (violation == null) {
            violation = found;
        }
        throw found;
    }

    /** For what is called by no fiber in particular. */
    long guarded(LongSupplier work) {
        try {
            return work.getAsLong();
        } catch (Violation e) {
            return 0;
        }
    }

    boolean chance(int of) {
        return random.nextInt(of) == 0;
    }

    UUID branch() {
        return new UUID(0xb, ++branches);
    }

    int window() {
        return window;
    }

    int patience() {
        return patience;
    }

    /** How long events are kept; null for ever. */
    @Nullable
    Duration retention() {
        return plan.includes(Plan.Kind.HOURS_PASS) ? Duration.ofHours(1) : null;
    }

    /** Bytes. */
    long walBudget() {
        return walBudget;
    }

    long now() {
        return scheduler.now();
    }

    Clock clock() {
        return scheduler.clock();
    }

    SplittableRandom random() {
        return random;
    }

    SimulatedDatabase database() {
        return database;
    }

    SimulatedBroker broker() {
        return broker;
    }

    Oracle oracle() {
        return oracle;
    }

    Causes causes() {
        return causes;
    }

    boolean isTraced() {
        return trace != null;
    }

    /** Notes something for people. */
    void say(String text, Object... arguments) {
        if (trace != null) {
            String line = text;
            for (Object argument : arguments) {
                line = line.replaceFirst("\\{}", java.util.regex.Matcher.quoteReplacement(String.valueOf(argument)));
            }
            trace.add(String.format("%5d %7d %s", steps, now() - 1_700_000_000_000L, line));
        }
    }

    List<String> trace() {
        return trace == null ? List.of() : trace;
    }

    int steps() {
        return steps;
    }
}
