package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.supervise.SimulatedLeading;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A relay from its start to its end: runs one after another, as the real one does it. */
final class RelayProcess implements SimulatedLeading.Host {
    private static final long NETWORK_TIMEOUT = 2_000;

    private final World world;
    private final String name;
    private final Scheduler.Fiber main;
    private boolean killed;
    private long killedAt;
    private long frozenUntil;
    private boolean stopped;
    private boolean failsBehind;
    private boolean diesBehind;
    private @Nullable AftercommitException blocked;
    private long blockedSince;
    private long blockedLast;

    RelayProcess(World world, String name) {
        this.world = world;
        this.name = name;
        this.main = world.start("main", this, this::run);
    }

    private void run() {
        try {
            while (!stopped) {
                runOnce();
                if (!stopped) {
                    world.pause(100 + world.random().nextInt(1_000));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runOnce() throws InterruptedException {
        try (SimulatedSource source = new SimulatedSource(world, this)) {
            SimulatedEventStream stream = new SimulatedEventStream(world, this);
            stream.look();
            if (awaitLead(source)) {
                world.say("{} leads", this);
                SimulatedLeading.lead(source, stream, () -> stopped, this);
            }
            blocked = null;
        } catch (AftercommitException e) {
            world.say("{} ends its run: {}", this, e.getMessage());
            note(e);
        }
    }

    private void note(AftercommitException e) {
        switch (e.code()) {
            case DATABASE_UNAVAILABLE, BROKER_UNAVAILABLE, FENCED -> blocked = null;
            default -> {
                blockedSince = blocked == null ? world.now() : blockedSince;
                blocked = e;
                blockedLast = world.now();
            }
        }
    }

    private boolean awaitLead(SimulatedSource source) {
        while (!stopped) {
            if (source.tryToLead() instanceof Source.Lease.Leads) {
                return true;
            }
            world.pause(200 + world.random().nextInt(400));
        }
        return false;
    }

    /** What it is blocked by, and for long enough that it means it. */
    @Nullable
    AftercommitException blocked() {
        long now = world.now();
        return blocked != null && now - blockedSince > 3_000 && now - blockedLast < 3_000 ? blocked : null;
    }

    void forgetBlocked() {
        blocked = null;
    }

    void kill() {
        killed = true;
        killedAt = world.now();
    }

    void freeze(long millis) {
        frozenUntil = world.now() + millis;
    }

    void thaw() {
        frozenUntil = 0;
    }

    void stop() {
        stopped = true;
        main.wake();
    }

    void failBehind() {
        failsBehind = true;
    }

    void dieBehind() {
        diesBehind = true;
    }

    boolean failsNow() {
        boolean fails = failsBehind;
        failsBehind = false;
        return fails;
    }

    boolean diesNow() {
        return diesBehind;
    }

    boolean isKilled() {
        return killed;
    }

    boolean isFrozen() {
        return !killed && world.now() < frozenUntil;
    }

    boolean hasEnded() {
        return killed || main.isDone();
    }

    /** Whether the servers know that it is gone. */
    boolean isReleased() {
        return killed && world.now() - killedAt > world.random().nextInt((int) NETWORK_TIMEOUT);
    }

    long readyAt(long wakeAt) {
        return killed ? 0 : Math.max(wakeAt, frozenUntil);
    }

    @Override
    public Clock clock() {
        return world.clock();
    }

    @Override
    public void pause(Duration duration) {
        world.pause(duration.toMillis() + world.random().nextInt(world.patience()));
    }

    @Override
    public SimulatedLeading.Job start(String what, Runnable body) {
        Scheduler.Fiber fiber = world.start(what, this, body);
        return new SimulatedLeading.Job() {
            @Override
            public void wake() {
                fiber.wake();
            }

            @Override
            public void join() {
                world.join(fiber);
            }
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
