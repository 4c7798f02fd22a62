package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.publish.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads a stretch of the stream, headers only, by an ordered consumer. */
final class StreamReading {
    private static final int BATCH = 1_000;
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final Connection connection;
    private final JetStreamEventStream stream;

    StreamReading(Connection connection, JetStreamEventStream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    /** Messages that are not there are left out, also at the end. */
    void read(long from, long to, Consumer<List<StoredMessage>> batch) throws InterruptedException {
        StoredMessage end = stream.last();
        long last = end == null ? 0 : Math.min(to, end.sequence());
        if (from > last) {
            return;
        }
        try {
            JetStreamSubscription subscription = connection
                    .jetStream()
                    .subscribe(
                            null,
                            PushSubscribeOptions.builder().stream(stream.name())
                                    .ordered(true)
                                    .pendingMessageLimit(-1)
                                    .pendingByteLimit(-1)
                                    .configuration(ConsumerConfiguration.builder()
                                            .deliverPolicy(DeliverPolicy.ByStartSequence)
                                            .startSequence(from)
                                            .headersOnly(true)
                                            .build())
                                    .build());
            try {
                deliver(subscription, last, batch);
            } finally {
                subscription.unsubscribe();
            }
        } catch (JetStreamApiException e) {
            throw ApiFailure.refused("Stream " + stream.name() + " cannot be read", e);
        } catch (IOException e) {
            throw ApiFailure.noAnswer("Stream " + stream.name() + " cannot be read", connection, e);
        } catch (IllegalStateException e) {
            throw ApiFailure.unavailable("Stream " + stream.name() + " cannot be read: " + Reason.of(e), e);
        }
    }

    private void deliver(JetStreamSubscription subscription, long last, Consumer<List<StoredMessage>> batch)
            throws InterruptedException {
        List<StoredMessage> messages = new ArrayList<>(BATCH);
        long sequence = 0;
        while (sequence < last) {
            Message message = subscription.nextMessage(SILENCE);
            if (message == null) {
                throw silence(sequence, last);
            }
            sequence = message.metaData().streamSequence();
            if (sequence <= last) {
                messages.add(stream.stored(sequence, message.getHeaders()));
            }
            if (messages.size() == BATCH || (sequence >= last && !messages.isEmpty())) {
                batch.accept(List.copyOf(messages));
                messages.clear();
            }
        }
    }

    private AftercommitException silence(long sequence, long last) {
        return ApiFailure.noAnswer(
                "Stream " + stream.name() + " was read up to " + sequence + " of " + last + ", then nothing came for "
                        + SILENCE.toSeconds() + " s",
                connection,
                null);
    }
}
