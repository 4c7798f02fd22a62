package dev.aftercommit.consumer.internal.stream;

import io.nats.client.Message;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A message of a {@link SharedFeed}: the server gives it to another instance unless it is told in time what became of it. What
 * it is told may be lost, and then the message comes again. Thread-safe.
 */
public record Assignment(Delivery delivery) {

    /** It need not come again: what it has brought is committed. */
    public void settled() {
        tell(Message::ack);
    }

    /** It takes longer: the time that the server waits begins anew. */
    public void inProgress() {
        tell(Message::inProgress);
    }

    /** It has to come again, to any instance. */
    public void comeAgain(Duration after) {
        tell(message -> message.nakWithDelay(after));
    }

    private void tell(Consumer<Message> what) {
        try {
            what.accept(delivery.message());
        } catch (IllegalStateException connectionClosed) {
            return; // then it comes again
        }
    }
}
