package dev.aftercommit.crash;

import dev.aftercommit.crash.fault.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * What to play.
 *
 * @param seeds one a round
 * @param faults those that may happen
 * @param jars what is built and played with
 * @param folder where the folders of failed rounds are kept
 * @param parallel how many rounds are played at the same time
 * @param patience how long relay or consumers may take until they have done what is owed
 */
public record HarnessConfig(
        List<Long> seeds, List<Fault> faults, Jars jars, Path folder, int parallel, Duration patience) {
    private static final String FAULTS_OF_RELAY = "all";

    /** Not those that change the source's past, which is more than a consumer can undo: it asks somebody. */
    static final String FAULTS_OF_CONSUMERS =
            "kills,silences,cluster,consumers,broker_restored,stream_deleted,stream_purged";

    private static final Slice SLICE_OF_RELAY = new Slice(1, 12);

    /** Chosen so that every fault of consumers happens, but no silence of 45 s and no transaction of 100,000 events. */
    static final Slice SLICE_OF_CONSUMERS = new Slice(32, 10);

    private static final int DEFAULT_PARALLEL = 2;
    private static final int DEFAULT_PATIENCE_SECONDS = 90;

    /** What is played unless somebody asks for more: this many rounds from the first seed on. */
    record Slice(long first, int rounds) {
        List<Long> seeds() {
            return LongStream.range(first, first + rounds).boxed().toList();
        }
    }

    /**
     * What is built.
     *
     * @param relay the packaged relay
     * @param service this module's, of which the consuming service is a part; empty when nobody handles the events
     */
    public record Jars(Path relay, Optional<Path> service) {}

    public HarnessConfig {
        seeds = List.copyOf(seeds);
        faults = List.copyOf(faults);
    }

    /**
     * Rounds of a relay alone, from the system properties {@code harness.seed}, {@code .repeat}, {@code .first},
     * {@code .rounds}, {@code .faults}, {@code .parallel}, {@code .patience}.
     */
    public static HarnessConfig ofRelay(Path relay, Path folder) {
        return fromProperties(new Jars(relay, Optional.empty()), folder, SLICE_OF_RELAY, FAULTS_OF_RELAY);
    }

    /** Rounds in which consumers handle the events, from the same properties. */
    public static HarnessConfig ofConsumers(Path relay, Path service, Path folder) {
        return fromProperties(new Jars(relay, Optional.of(service)), folder, SLICE_OF_CONSUMERS, FAULTS_OF_CONSUMERS);
    }

    private static HarnessConfig fromProperties(Jars jars, Path folder, Slice slice, String faults) {
        return new HarnessConfig(
                drawSeeds(slice),
                Fault.named(System.getProperty("harness.faults", faults)),
                jars,
                folder,
                Integer.getInteger("harness.parallel", DEFAULT_PARALLEL),
                Duration.ofSeconds(Integer.getInteger("harness.patience", DEFAULT_PATIENCE_SECONDS)));
    }

    /** A named seed is one round, played again as often as asked; otherwise the rounds count from the first. */
    private static List<Long> drawSeeds(Slice slice) {
        Long named = Long.getLong("harness.seed");
        if (named != null) {
            int times = Integer.getInteger("harness.repeat", 1);
            return LongStream.generate(() -> named).limit(times).boxed().toList();
        }
        return new Slice(
                        Long.getLong("harness.first", slice.first()),
                        Integer.getInteger("harness.rounds", slice.rounds()))
                .seeds();
    }
}
