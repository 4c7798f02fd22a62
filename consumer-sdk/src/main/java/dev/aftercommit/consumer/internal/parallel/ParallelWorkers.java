package dev.aftercommit.consumer.internal.parallel;

import dev.aftercommit.consumer.ParallelStatus;
import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.lifecycle.Deadline;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Broker;
import dev.aftercommit.consumer.internal.worker.ReadingThread;
import dev.aftercommit.consumer.internal.worker.Workers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of one instance in a parallel consumer: one thread takes messages, and each event is handled on its own. */
public final class ParallelWorkers implements Workers {
    private static final Logger LOG = LoggerFactory.getLogger(ParallelWorkers.class);
    private static final Duration AFTER_ABORT = Duration.ofSeconds(2);

    private final ConsumerConfig config;
    private final StopSignal signal = new StopSignal();
    private final ParallelState state;
    private final RunningEvents running;
    private final SharedReading reading;
    private final Forgetting forgetting;
    private volatile @Nullable ReadingThread thread;

    /**
     * @param most how many events at a time
     * @param partitions how many the stream has
     * @param parked is told when something was parked that will be tried again
     */
    public ParallelWorkers(ConsumerConfig config, Broker broker, int most, int partitions, Runnable parked) {
        this.config = config;
        this.state = new ParallelState(config.listeners());
        this.running = new RunningEvents(config.identity(), most, new EventHandling(config, state, signal, parked));
        this.reading = new SharedReading(config, broker, partitions, state, running, signal);
        this.forgetting = new Forgetting(config);
        running.whenOneEnds(reading::wake);
    }

    @Override
    public void claim() {
        ReadingThread current = thread;
        if (current == null) {
            running.start();
        }
        if (current == null || !current.isAlive()) {
            ReadingThread next = new ReadingThread(
                    "aftercommit-" + config.identity().consumer() + "-parallel",
                    "Consumer " + config.identity(),
                    signal,
                    reading);
            thread = next;
            next.start();
        }
        forgetting.ifDue();
    }

    @Override
    @Nullable
    public Waiting heldUp() {
        Waiting waiting = state.waiting();
        return waiting == null || waiting.isAboutOneMessage() ? null : waiting;
    }

    @Override
    public void beginAnew() {
        reading.beginAnew();
        signal.wake();
    }

    @Override
    public void wake() {
        signal.wake();
        reading.wake();
    }

    @Override
    public void stop() {
        signal.stop();
        reading.wake();
    }

    @Override
    public void close(Deadline deadline) {
        stop();
        ReadingThread current = thread;
        if (current != null && !current.join(deadline.left())) {
            current.interrupt();
            boolean ignored = current.join(AFTER_ABORT);
        }
        int late = running.join(deadline);
        if (late > 0) {
            LOG.warn(
                    "Consumer {}: {} handlers did not finish in time; their transactions are rolled back",
                    config.identity(),
                    late);
            running.abort();
            late = running.join(Deadline.in(AFTER_ABORT));
        }
        running.end();
        if (late == 0) {
            reading.settle();
        }
    }

    @Override
    public List<PartitionStatus> partitions() {
        return List.of();
    }

    @Override
    public ParallelStatus parallel() {
        return state.status(running.most(), running.count(), running.oldest(), running.age());
    }
}
