package dev.aftercommit.consumer;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Fails now and then after it has written. */
class FailingAtRandom extends RecordingHandlers {
    private final RandomGenerator random = RandomGenerator.of("SplittableRandom");
    private final int oneIn;

    FailingAtRandom(int oneIn) {
        this.oneIn = oneIn;
    }

    @Override
    void after(AccountCreated event) {
        if (fails()) {
            throw new IllegalStateException();
        }
    }

    private synchronized boolean fails() {
        return random.nextInt(oneIn) == 0;
    }

    /** A consumer that never gives up. */
    static OutboxConsumerBuilder patient(OutboxConsumerBuilder consumer) {
        return consumer.attempts(1_000).backoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)));
    }
}
