package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.routing.OutboundMessage;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages into the stream in order, each behind the one before it or not at all. Once an answer is not as
 * predicted it has failed for good; the next one begins behind the stream's end.
 *
 * <p>One thread publishes, any may ask.
 */
public interface Publisher extends AutoCloseable {
    /** Waits until there is room for a message; false when there was none within the time or it has failed. */
    boolean awaitCapacity(Duration timeout) throws InterruptedException;

    /** Why the stream as it is set now takes no message like this; null when it does. */
    @Nullable
    String unfit(OutboundMessage message);

    /** Sends a message. There must be {@linkplain #awaitCapacity capacity}. */
    void publish(OutboundMessage message);

    /** How many messages were sent. */
    long published();

    /** How many messages from the first on are stored, without a gap. */
    long acknowledged();

    /** What ended it; null while it is well. */
    @Nullable
    AftercommitException failure();

    /** The message that was refused for its own sake, which has ended it; null when none was. */
    @Nullable
    Refused refused();

    /** A refusal, in words. */
    record Refused(UUID event, String reason) {}

    /**
     * Waits until every message has an answer of some kind. Nothing may be published meanwhile.
     *
     * @return whether all have
     */
    boolean settle(Duration timeout) throws InterruptedException;

    @Override
    void close();
}
