package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.routing.OutboundMessage;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages into the stream in order, each for the sequence behind that of the one before it: there it is stored, or
 * nowhere. Once an answer is not as predicted it has failed for good; the next one begins behind the stream's end.
 *
 * <p>Nothing is stored behind a message that is lost or refused. When somebody else writes to the stream, though, that
 * takes places of this publisher's messages, and those that are on their way behind them find theirs free: they are stored
 * and not {@linkplain #acknowledged acknowledged}. Who goes on has to look at what the stream holds.
 *
 * <p>A message whose id the stream remembers is not stored again, be its message still there or removed. At the place where
 * it was stored it may count as acknowledged; anywhere else it ends the publisher.
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

    /** How many messages were sent, or would have been if the connection were not lost. */
    long published();

    /** How many messages from the first on are stored, without a gap. */
    long acknowledged();

    /**
     * What ended it; null while it is well. {@link ErrorCode#FENCED}: somebody else has written to the stream. {@link
     * ErrorCode#STREAM_MISMATCH}: the stream refuses a message. {@link ErrorCode#BROKER_UNAVAILABLE}: there is no
     * connection, no stream or no answer any more. {@link ErrorCode#BROKER_UNSUITABLE}: the login may not publish.
     */
    @Nullable
    AftercommitException failure();

    /** The first message that was refused for its own sake; null when none was. */
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

    /** Asks for no more answers. What was sent may still be stored. */
    @Override
    void close();
}
