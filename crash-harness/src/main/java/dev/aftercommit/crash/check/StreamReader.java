package dev.aftercommit.crash.check;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a whole stream with a raw client. */
public final class StreamReader {
    private static final int NOT_FOUND = 10059;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private StreamReader() {}

    /** Everything in the stream, in order; nothing when there is no such stream. */
    public static List<StoredMessage> messages(String url, String stream) throws IOException, InterruptedException {
        Options options = Options.builder()
                .server(url)
                .noReconnect()
                .errorListener(new ErrorListener() {})
                .build();
        try (Connection connection = Nats.connect(options)) {
            return read(connection, stream);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NOT_FOUND) {
                return List.of();
            }
            throw new IOException(e);
        }
    }

    private static List<StoredMessage> read(Connection connection, String stream)
            throws IOException, JetStreamApiException, InterruptedException {
        long count = connection
                .jetStreamManagement()
                .getStreamInfo(stream)
                .getStreamState()
                .getMsgCount();
        JetStreamSubscription subscription = connection
                .jetStream()
                .subscribe(
                        ">",
                        PushSubscribeOptions.builder().stream(stream)
                                .ordered(true)
                                .pendingMessageLimit(-1)
                                .pendingByteLimit(-1)
                                .build());
        List<StoredMessage> messages = new ArrayList<>();
        while (messages.size() < count) {
            @Nullable Message message = subscription.nextMessage(PATIENCE);
            if (message == null) {
                throw new IOException("only " + messages.size() + " of " + count + " messages came");
            }
            messages.add(stored(message));
        }
        return messages;
    }

    private static StoredMessage stored(Message message) {
        Map<String, List<String>> headers = new HashMap<>();
        @Nullable Headers found = message.getHeaders();
        if (found != null) {
            found.forEach(headers::put);
        }
        return new StoredMessage(
                message.metaData().streamSequence(), message.getSubject(), headers, ByteBuffer.wrap(message.getData()));
    }
}
