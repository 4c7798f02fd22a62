package dev.aftercommit.relay.simulation;

/** A program that calls the servers: it can be killed, frozen or cut off at each call. */
abstract class SimulatedProcess {
    private static final long NETWORK_TIMEOUT = 2_000;

    private final World world;
    private final String name;
    private Scheduler.Fiber main;
    private boolean killed;
    private long killedAt;
    private long frozenUntil;
    private boolean failsBehind;
    private boolean diesBehind;

    SimulatedProcess(World world, String name) {
        this.world = world;
        this.name = name;
    }

    /** From its start to its end. */
    protected abstract void run() throws InterruptedException;

    void start() {
        main = world.start("main", this, () -> {
            try {
                run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    World world() {
        return world;
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

    void wake() {
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
    public String toString() {
        return name;
    }
}
