package dev.aftercommit.relay.supervise;

import java.time.Clock;
import java.time.Duration;

/** The machine that the relay runs on in production. */
record Threads(Clock clock) implements Machine {
    @Override
    public int room() {
        return 1 << 15;
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }

    @Override
    public Worker start(String name, Duration pause, Turn turn) {
        return BackgroundLoop.start(name, pause, turn);
    }
}
