package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.KeptProcess;
import java.util.Random;

/** A process that dies, ends and freezes. */
final class ProcessFaults {
    private static final int LONGEST_AWAY_MILLIS = 500;
    private static final int LONGEST_START_MILLIS = 1_500;

    private ProcessFaults() {}

    /** SIGKILL, and now and then another one before it has really started. */
    static void kill(KeptProcess process, Random random) throws InterruptedException {
        process.kill();
        Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        process.start();
        if (random.nextInt(3) == 0) {
            Thread.sleep(random.nextInt(LONGEST_START_MILLIS));
            process.kill();
            process.start();
        }
    }

    static void stop(KeptProcess process, int awayMillis) throws InterruptedException {
        process.stop();
        Thread.sleep(awayMillis);
        process.start();
    }

    static void freeze(KeptProcess process, int millis) throws InterruptedException {
        process.freeze();
        try {
            Thread.sleep(millis);
        } finally {
            process.thaw();
        }
    }
}
