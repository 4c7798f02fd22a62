package dev.aftercommit.crash;

import dev.aftercommit.crash.fault.Fault;
import dev.aftercommit.crash.world.Folders;
import dev.aftercommit.crash.world.RoundLog;
import dev.aftercommit.crash.world.World;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays rounds and tells how they went. A failed round's folder is kept. */
public final class CrashHarness {
    private final HarnessConfig config;
    private final PrintStream out;
    private final Summary summary = new Summary();

    public CrashHarness(HarnessConfig config, PrintStream out) {
        this.config = config;
        this.out = out;
    }

    /** Plays all rounds, a few at the same time: each has servers of its own. */
    public Summary play() throws Exception {
        Files.createDirectories(config.folder());
        Path made = Files.createTempDirectory("aftercommit-crash-");
        try (ExecutorService halls = Executors.newFixedThreadPool(config.parallel())) {
            Stage stage = Stage.make(config.jars(), made);
            List<Future<?>> rounds = new ArrayList<>();
            for (long seed : config.seeds()) {
                rounds.add(halls.submit(() -> {
                    play(stage.draw(seed, config.faults()), stage);
                    return null;
                }));
            }
            for (Future<?> round : rounds) {
                round.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a round could not be played", e);
        } finally {
            Folders.delete(made);
        }
        out.println(summary);
        return summary;
    }

    private void play(Schedule schedule, Stage stage) throws IOException {
        Path folder = Files.createTempDirectory(config.folder(), "round-" + schedule.seed() + "-");
        Instant began = Instant.now();
        RoundResult result;
        try (World world = World.start(stage.outbox(), folder, new RoundLog(folder), schedule.clustered())) {
            try {
                result = new Round(schedule, world, stage, config.patience()).play();
            } catch (Exception e) {
                result = RoundResult.brokenOff(schedule, e);
            }
            world.keepLogs();
        }
        tell(result, Duration.between(began, Instant.now()), folder);
        if (result.verdict().isGood()) {
            Folders.delete(folder);
        }
    }

    private synchronized void tell(RoundResult result, Duration took, Path folder) {
        summary.add(result);
        Schedule schedule = result.schedule();
        boolean good = result.verdict().isGood();
        out.printf(
                "%d of %d: seed %d %s, %.1f s, %d events, %s%n",
                summary.rounds(),
                config.seeds().size(),
                schedule.seed(),
                good ? "good" : "FAILED",
                took.toMillis() / 1000.0,
                result.relayed().events(),
                schedule.faults().stream().map(Fault::name).toList());
        if (!good) {
            out.println(result.verdict());
            out.println("Logs are in " + folder + ". To play it again: make "
                    + (schedule.consumers() > 0 ? "crash-consumers" : "crash") + " ARGS='-Dharness.seed="
                    + schedule.seed()
                    + "'");
        }
    }
}
