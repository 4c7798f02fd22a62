package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.supervise.SimulatedLeading;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A relay from its start to its end: runs one after another, as the real one does it. */
final class RelayProcess extends SimulatedProcess implements SimulatedLeading.Host {
    private boolean stopped;
    private @Nullable AftercommitException blocked;
    private long blockedSince;
    private long blockedLast;

    RelayProcess(World world, String name) {
        super(world, name);
    }

    @Override
    protected void run() throws InterruptedException {
        while (!stopped) {
            runOnce();
            if (!stopped) {
                world().pause(100 + world().random().nextInt(1_000));
            }
        }
    }

    private void runOnce() throws InterruptedException {
        try (SimulatedSource source = new SimulatedSource(world(), this)) {
            try {
                publish(source);
            } catch (AftercommitException e) {
                SimulatedLeading.relieve(e, source, world().walBudget(), () -> stopped, this);
                throw e;
            }
            blocked = null;
        } catch (AftercommitException e) {
            world().say("{} ends its run: {}", this, e.getMessage());
            note(e);
        }
    }

    private void publish(SimulatedSource source) throws InterruptedException {
        SimulatedEventStream stream = new SimulatedEventStream(world(), this);
        stream.look();
        if (awaitLead(source)) {
            world().say("{} leads", this);
            SimulatedLeading.lead(source, stream, world().retention(), () -> stopped, this);
        }
    }

    private void note(AftercommitException e) {
        switch (e.code()) {
            case DATABASE_UNAVAILABLE, BROKER_UNAVAILABLE, FENCED -> blocked = null;
            default -> {
                blockedSince = blocked == null ? world().now() : blockedSince;
                blocked = e;
                blockedLast = world().now();
            }
        }
    }

    private boolean awaitLead(SimulatedSource source) {
        while (!stopped) {
            if (source.tryToLead() instanceof Source.Lease.Leads) {
                return true;
            }
            world().pause(200 + world().random().nextInt(400));
        }
        return false;
    }

    /** What it is blocked by, and for long enough that it means it. */
    @Nullable
    AftercommitException blocked() {
        long now = world().now();
        return blocked != null && now - blockedSince > 3_000 && now - blockedLast < 3_000 ? blocked : null;
    }

    void forgetBlocked() {
        blocked = null;
    }

    void stop() {
        stopped = true;
        wake();
    }

    @Override
    public Clock clock() {
        return world().clock();
    }

    @Override
    public void pause(Duration duration) {
        world().pause(duration.toMillis() + world().random().nextInt(world().patience()));
    }

    @Override
    public SimulatedLeading.Job start(String what, Runnable body) {
        Scheduler.Fiber fiber = world().start(what, this, body);
        return new SimulatedLeading.Job() {
            @Override
            public void wake() {
                fiber.wake();
            }

            @Override
            public void join() {
                world().join(fiber);
            }
        };
    }
}
