package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.config.PartitionConfig;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.upkeep.TableUpkeep;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Lets the simulation run the leader's own code on a machine of its making. */
public final class SimulatedLeading {
    /** What the simulation has instead of threads. */
    public interface Host {
        Clock clock();

        void pause(Duration duration);

        Job start(String name, Runnable body);
    }

    /** Something that runs beside the caller. */
    public interface Job {
        /** Ends its pause, if it makes one. */
        void wake();

        void join();
    }

    private SimulatedLeading() {}

    /**
     * Leads.
     *
     * @param retention how long events are kept; null for ever
     */
    public static void lead(
            Source source, EventStream stream, @Nullable Duration retention, BooleanSupplier stopped, Host host)
            throws InterruptedException {
        new Leading(
                        new Leading.Work("bank", new TableUpkeep(new PartitionConfig(null, retention))),
                        source,
                        stream,
                        new Progress(host.clock()),
                        stopped,
                        new HostedMachine(host))
                .lead();
    }

    /**
     * What a relay does about the WAL when a run has ended with this failure.
     *
     * @param budget bytes
     */
    public static void relieve(
            AftercommitException failure, Source source, long budget, BooleanSupplier stopped, Host host)
            throws InterruptedException {
        if (ReleaseValve.isFor(failure.code())) {
            new ReleaseValve(source, budget, new Progress(host.clock()), stopped, new HostedMachine(host)).relieve();
        }
    }

    private record HostedMachine(Host host) implements Machine {
        @Override
        public Clock clock() {
            return host.clock();
        }

        @Override
        public int room() {
            return 256;
        }

        @Override
        public void pause(Duration duration) {
            host.pause(duration);
        }

        @Override
        public Worker start(String name, Duration pause, Turn turn) {
            HostedWorker worker = new HostedWorker(host, pause, turn);
            worker.job = host.start(name, worker::loop);
            return worker;
        }
    }

    private static final class HostedWorker implements Machine.Worker {
        private final Host host;
        private final Duration pause;
        private final Machine.Turn turn;
        private Job job;
        private @Nullable RuntimeException failure;
        private boolean closed;

        HostedWorker(Host host, Duration pause, Machine.Turn turn) {
            this.host = host;
            this.pause = pause;
            this.turn = turn;
        }

        private void loop() {
            try {
                while (!closed) {
                    turn.run();
                    host.pause(pause);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        @Override
        public @Nullable RuntimeException failure() {
            return failure;
        }

        @Override
        public void close() {
            closed = true;
            job.wake();
            job.join();
        }
    }
}
