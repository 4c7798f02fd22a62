package dev.aftercommit.crash;

import dev.aftercommit.crash.fault.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What to play.
 *
 * @param seeds one a round
 * @param faults those that may happen
 * @param relay the packaged relay
 * @param folder where the folders of failed rounds are kept
 * @param parallel how many rounds are played at the same time
 * @param patience how long a relay may take until it has published what is owed
 */
public record HarnessConfig(
        List<Long> seeds, List<Fault> faults, Path relay, Path folder, int parallel, Duration patience) {
    private static final String DEFAULT_FAULTS = "all";

    private static final int DEFAULT_ROUNDS = 25;
    private static final int DEFAULT_PARALLEL = 2;
    private static final int DEFAULT_PATIENCE_SECONDS = 90;

    public HarnessConfig {
        seeds = List.copyOf(seeds);
        faults = List.copyOf(faults);
    }

    /**
     * From the system properties {@code harness.seed}, {@code .repeat}, {@code .first}, {@code .rounds},
     * {@code .faults}, {@code .parallel}, {@code .patience}.
     */
    public static HarnessConfig fromProperties(Path relay, Path folder) {
        return new HarnessConfig(
                drawSeeds(),
                Fault.named(System.getProperty("harness.faults", DEFAULT_FAULTS)),
                relay,
                folder,
                Integer.getInteger("harness.parallel", DEFAULT_PARALLEL),
                Duration.ofSeconds(Integer.getInteger("harness.patience", DEFAULT_PATIENCE_SECONDS)));
    }

    /** A named seed is one round, played again as often as asked; otherwise the rounds count from the first. */
    private static List<Long> drawSeeds() {
        Long named = Long.getLong("harness.seed");
        if (named != null) {
            int times = Integer.getInteger("harness.repeat", 1);
            return LongStream.generate(() -> named).limit(times).boxed().toList();
        }
        long first = Long.getLong("harness.first", 1);
        int rounds = Integer.getInteger("harness.rounds", DEFAULT_ROUNDS);
        return LongStream.range(first, first + rounds).boxed().toList();
    }
}
