package dev.aftercommit.relay.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs fibers one at a time, so that a seed decides everything: who goes on at each call of a port, and how time passes.
 * A fiber is a virtual thread; only the one that holds the baton runs, and it hands it to the next.
 */
final class Scheduler {
    private static final long START = 1_700_000_000_000L;

    private final SplittableRandom random;
    private final List<Fiber> fibers = new ArrayList<>();
    private final List<Fiber> ready = new ArrayList<>();
    private final Runnable whenTimePasses;
    private final int yieldsOf16;
    private volatile Fiber running;
    private long now = START;
    private boolean over;

    /** A thread of the simulation. */
    final class Fiber {
        private final String name;
        private final @Nullable SimulatedProcess owner;
        private final Thread thread;
        private long wakeAt;
        private boolean started;
        private boolean done;

        private Fiber(String name, @Nullable SimulatedProcess owner, @Nullable Runnable body) {
            this.name = name;
            this.owner = owner;
            this.thread =
                    body == null ? Thread.currentThread() : Thread.ofVirtual().unstarted(() -> run(body));
            this.started = body == null;
        }

        private void run(Runnable body) {
            try {
                body.run();
            } catch (Killed e) {
                // its process is gone
            } finally {
                done = true;
                fibers.remove(this);
                Fiber next = over ? fibers.getFirst() : next();
                hand(next);
            }
        }

        void wake() {
            wakeAt = Math.min(wakeAt, now);
        }

        boolean isDone() {
            return done;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The calling thread becomes the first fiber. */
    Scheduler(SplittableRandom random, Runnable whenTimePasses) {
        this.random = random;
        this.whenTimePasses = whenTimePasses;
        this.yieldsOf16 = 1 + random.nextInt(8);
        this.running = new Fiber("driver", null, null);
        fibers.add(running);
    }

    Fiber start(String name, @Nullable SimulatedProcess owner, Runnable body) {
        Fiber fiber = new Fiber(name, owner, body);
        fiber.wakeAt = now;
        fibers.add(fiber);
        return fiber;
    }

    /** Milliseconds since 1970. */
    long now() {
        return now;
    }

    void tick() {
        now++;
    }

    /** Nobody runs meanwhile. */
    void jump(long millis) {
        now += millis;
    }

    boolean isOver() {
        return over;
    }

    Fiber running() {
        return running;
    }

    /** Perhaps lets another fiber go on. */
    void mayYield() {
        if (random.nextInt(16) < yieldsOf16) {
            switchTo(next());
        }
    }

    /** Lets others go on for some time. */
    void pause(long millis) {
        running.wakeAt = now + millis;
        switchTo(next());
    }

    private Fiber next() {
        while (true) {
            ready.clear();
            long soonest = Long.MAX_VALUE;
            for (int i = 0; i < fibers.size(); i++) {
                Fiber fiber = fibers.get(i);
                long at = fiber.owner == null ? fiber.wakeAt : fiber.owner.readyAt(fiber.wakeAt);
                if (at <= now) {
                    ready.add(fiber);
                }
                soonest = Math.min(soonest, at);
            }
            if (!ready.isEmpty()) {
                return ready.get(ready.size() == 1 ? 0 : random.nextInt(ready.size()));
            }
            now = soonest;
            whenTimePasses.run();
        }
    }

    private void switchTo(Fiber next) {
        Fiber me = running;
        requireWorld(me);
        if (next != me) {
            hand(next);
            while (running != me) {
                LockSupport.park(this);
            }
        }
        requireWorld(me);
    }

    private void requireWorld(Fiber me) {
        if ((over && me != fibers.getFirst()) || (me.owner != null && me.owner.isKilled())) {
            throw new Killed();
        }
    }

    private void hand(Fiber next) {
        running = next;
        if (next.started) {
            LockSupport.unpark(next.thread);
        } else {
            next.started = true;
            next.thread.start();
        }
    }

    /** Ends all fibers but the first, which calls it. */
    void end() {
        over = true;
        while (fibers.size() > 1) {
            Fiber fiber = fibers.get(1);
            if (fiber.started) {
                switchTo(fiber);
            } else {
                fibers.remove(1);
            }
        }
    }

    Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(now);
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }
}
