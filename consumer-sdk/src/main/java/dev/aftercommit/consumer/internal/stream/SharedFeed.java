package dev.aftercommit.consumer.internal.stream;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * This instance's messages of a JetStream consumer that all instances share. It asks for no more than can be begun at once,
 * since the server's patience with a message begins when it sends it. Like {@link EventFeed} it repairs nothing.
 *
 * <p>{@link #next} is for one thread, the rest is thread-safe.
 */
public final class SharedFeed implements AutoCloseable {
    private static final int MOST_AT_ONCE = 1_000;
    /** A pull for each message that was handled would be as many requests as messages. */
    private static final int PULLS_AT_A_TIME = 4;

    private final MessagePulls pulls;

    /**
     * @param free how many messages more could be begun now
     * @param most how many at a time at the most
     */
    SharedFeed(Connection nats, Dispatcher dispatcher, String streamAndConsumer, IntSupplier free, int most) {
        this.pulls = new MessagePulls(
                nats,
                dispatcher,
                streamAndConsumer,
                new MessagePulls.Bounds(MOST_AT_ONCE, 0),
                (requested, here) -> more(free.getAsInt() - requested - here, requested, most));
    }

    static int more(int uncovered, int requested, int most) {
        boolean isWorthIt = requested == 0 || uncovered >= Math.max(1, most / PULLS_AT_A_TIME);
        return isWorthIt ? uncovered : 0;
    }

    /**
     * The messages that are here already, or else the first ones to come: no more than are free. They have to be begun
     * before the next call, which asks for as many as are free then.
     *
     * @return empty when none came in time or somebody called {@link #wake()}
     */
    public List<Assignment> next(Duration patience) throws FeedLostException, InterruptedException {
        return pulls.next(MOST_AT_ONCE, patience).stream()
                .map(message -> new Assignment(new Delivery(message.metaData().streamSequence(), message)))
                .toList();
    }

    /** Whether messages were asked for that have not come. */
    public boolean expectsSome() {
        return pulls.outstanding() > 0;
    }

    /** Lets a waiting {@link #next} return, such as when more can be begun. */
    public void wake() {
        pulls.wake();
    }

    /** What is here and was not begun is for others, at once. */
    @Override
    public void close() {
        pulls.close();
        pulls.drain().stream()
                .map(message -> new Assignment(new Delivery(message.metaData().streamSequence(), message)))
                .forEach(assignment -> assignment.comeAgain(Duration.ZERO));
    }
}
