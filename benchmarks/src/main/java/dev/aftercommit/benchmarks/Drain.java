package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.StreamState;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One relay drains one backlog, from the start of its process to the last message that is stored. */
final class Drain {
    private static final Duration POLL = Duration.ofMillis(25);
    private static final Duration STANDSTILL = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final Servers servers;
    private final Contender contender;
    private final int events;

    private Duration walsenderCpu = Duration.ZERO;
    private Optional<ProcessUsage> walsender = Optional.empty();

    private Drain(Servers servers, Contender contender, int events) {
        this.servers = servers;
        this.contender = contender;
        this.events = events;
    }

    /** Runs the relay on slot and table as they are, into a new stream. */
    static DrainResult measure(Servers servers, Contender contender, int events)
            throws SQLException, IOException, JetStreamApiException, InterruptedException {
        servers.deleteStream(contender.stream());
        servers.makeStream(contender.stream(), contender.subjects());
        return new Drain(servers, contender, events).run();
    }

    /** Runs a relay that has published all of the events, and whose stream is gone. */
    static DrainResult measureWithoutStream(Servers servers, Contender contender, int events)
            throws SQLException, IOException, JetStreamApiException, InterruptedException {
        servers.deleteStream(contender.stream());
        return new Drain(servers, contender, events).run();
    }

    private DrainResult run() throws SQLException, IOException, JetStreamApiException, InterruptedException {
        ProcessUsage nats = servers.natsUsage();
        Duration natsBefore = nats.cpu();
        Instant begun = Instant.now();
        JavaProcess process = contender.start(servers);
        try {
            ProcessUsage relay = new ProcessUsage(process.pid());
            Half half = awaitLast(process, relay);
            Duration relayCpu = relay.cpu();
            Duration natsCpu = nats.cpu().minus(natsBefore);
            lookAtWalsender();
            StreamState state = servers.stream(contender.stream()).orElseThrow();
            return new DrainResult(
                    contender.name(),
                    events,
                    state.getMsgCount(),
                    new DrainResult.Times(
                            begun,
                            state.getFirstTime().toInstant(),
                            state.getLastTime().toInstant()),
                    new DrainResult.Cpu(relayCpu, walsenderCpu, natsCpu),
                    half.result(relayCpu, state.getLastTime().toInstant(), events),
                    relay.peakMegabytes());
        } finally {
            stop(process);
            awaitSlotFree();
        }
    }

    /** Where the run was when about half of the events were stored: the JVM is warm from there on. */
    private record Half(long stored, Instant at, Duration cpu) {
        DrainResult.Warm result(Duration cpuAtEnd, Instant end, int events) {
            return new DrainResult.Warm(events - stored, Duration.between(at, end), cpuAtEnd.minus(cpu));
        }
    }

    private Half awaitLast(JavaProcess process, ProcessUsage relay)
            throws SQLException, IOException, JetStreamApiException, InterruptedException {
        Half half = null;
        long stored = 0;
        long moved = System.nanoTime();
        while (stored < events) {
            if (!process.isAlive() || System.nanoTime() - moved > STANDSTILL.toNanos()) {
                throw new IllegalStateException(contender.name() + " stopped at " + stored + " of " + events
                        + " events. Its log:\n" + Files.readString(process.log()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            Optional<StreamState> state = servers.stream(contender.stream());
            long now = state.map(StreamState::getLastSequence).orElse(0L);
            if (now > stored) {
                moved = System.nanoTime();
            }
            stored = now;
            if (half == null && stored >= events / 2) {
                half = new Half(stored, state.orElseThrow().getLastTime().toInstant(), relay.cpu());
            }
            lookAtWalsender();
        }
        return half == null ? new Half(0, Instant.now(), Duration.ZERO) : half;
    }

    /** It is there only while the relay streams. */
    private void lookAtWalsender() throws SQLException {
        if (walsender.isEmpty()) {
            walsender = servers.walsenderUsage(contender.slot());
        }
        walsender.map(ProcessUsage::cpu).filter(cpu -> !cpu.isZero()).ifPresent(cpu -> walsenderCpu = cpu);
    }

    private static void stop(JavaProcess process) {
        try (process) {
            process.terminate(STOP);
        } catch (IllegalStateException tooSlow) {
            Progress.say(
                    String.valueOf(tooSlow.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** A killed relay's walsender takes a moment to notice. */
    private void awaitSlotFree() throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + STANDSTILL.toNanos();
        while (servers.walsenderUsage(contender.slot()).isPresent() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
