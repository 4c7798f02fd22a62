package dev.aftercommit.relay.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends the process. After a SIGTERM the JVM would exit with 143 as soon as its hooks are done, be the command finished
 * or not; here it waits for the command and takes its exit code.
 */
final class GracefulExit {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final CompletableFuture<Integer> EXIT_CODE = new CompletableFuture<>();

    private GracefulExit() {}

    /** On a signal, {@code stop} is run; it makes the command end, and waits for that within a bound. */
    static void onSignal(Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    stop.run();
                    haltWithExitCode();
                }));
    }

    private static void haltWithExitCode() {
        try {
            Runtime.getRuntime().halt(EXIT_CODE.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // The command hangs: the JVM's own 143 says that it was killed rather than done.
        }
    }

    /** What {@code main} ends with. */
    static void exit(int code) {
        EXIT_CODE.complete(code);
        System.exit(code);
    }
}
