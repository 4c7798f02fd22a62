package dev.aftercommit.crash.world;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The source's stream, seen by an operator. What is done to one that does not exist has no effect. Thread-safe. */
public final class EventStream implements AutoCloseable {
    public static final String NAME = "OUTBOX_ACCOUNTS";
    static final String SOURCE = "accounts";
    private static final int NOT_FOUND = 10059;
    private static final int UNAVAILABLE = 503;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final String url;
    private @Nullable Connection connection;
    private @Nullable Integer narrowest;

    EventStream(String url) {
        this.url = url;
    }

    /** How many messages it has ever stored, such that a change of it shows; "none" when there is no stream. */
    public String fingerprint() {
        try {
            StreamInfo info = info();
            StreamState state = info.getStreamState();
            return info.getCreateTime() + "/" + state.getFirstSequence() + "/" + state.getLastSequence() + "/"
                    + state.getMsgCount();
        } catch (IOException | JetStreamApiException e) {
            return "none";
        }
    }

    /** The last sequence; 0 when there is no stream. */
    public long stored() throws InterruptedException {
        try {
            return info().getStreamState().getLastSequence();
        } catch (IOException | JetStreamApiException e) {
            return 0;
        }
    }

    /** Waits a while for so many more messages; goes on without them when they do not come. */
    public void awaitMore(long messages) throws InterruptedException {
        long before = stored();
        Waiting.until(PATIENCE, () -> stored() >= before + messages);
    }

    /** The name of the server that leads it; empty when there is no stream, or no leader. */
    public Optional<String> leader() {
        try {
            return Optional.ofNullable(info().getClusterInfo()).map(ClusterInfo::getLeader);
        } catch (IOException | JetStreamApiException e) {
            return Optional.empty();
        }
    }

    /** Has another server lead it, if one can. */
    public void stepDown() throws IOException, InterruptedException {
        try (Connection operator = connect()) {
            operator.request("$JS.API.STREAM.LEADER.STEPDOWN." + NAME, new byte[0], ANSWER);
        }
    }

    public void delete() throws IOException, JetStreamApiException, InterruptedException {
        ifThere(management -> management.deleteStream(NAME));
    }

    public void purge() throws IOException, JetStreamApiException, InterruptedException {
        ifThere(management -> management.purgeStream(NAME));
    }

    /** Lets it take only this many messages more. */
    public void limit(long more) throws IOException, JetStreamApiException, InterruptedException {
        update((stream, state) -> stream.maxMessages(state.getMsgCount() + more));
    }

    /** Lets it take as many messages as it gets. */
    public void unlimit() throws IOException, JetStreamApiException, InterruptedException {
        update((stream, state) -> stream.maxMessages(-1));
    }

    /** Lets it take no message that is larger, headers included. */
    public void narrow(int bytes) throws IOException, JetStreamApiException, InterruptedException {
        synchronized (this) {
            narrowest = narrowest == null ? bytes : Math.min(narrowest, bytes);
        }
        update((stream, state) -> stream.maximumMessageSize(bytes));
    }

    /** Lets it take every message that the server takes. */
    public void widen() throws IOException, JetStreamApiException, InterruptedException {
        update((stream, state) -> stream.maximumMessageSize(-1));
    }

    /** The narrowest that it has ever been; empty when it always was wide. */
    public synchronized Optional<Integer> narrowest() {
        return Optional.ofNullable(narrowest);
    }

    private interface Change {
        StreamConfiguration.Builder of(StreamConfiguration.Builder stream, StreamState state);
    }

    private void update(Change change) throws IOException, JetStreamApiException, InterruptedException {
        ifThere(management -> {
            StreamInfo info = management.getStreamInfo(NAME);
            return management.updateStream(
                    change.of(StreamConfiguration.builder(info.getConfiguration()), info.getStreamState())
                            .build());
        });
    }

    private StreamInfo info() throws IOException, JetStreamApiException {
        return with(management -> management.getStreamInfo(NAME));
    }

    private interface Work<T> {
        T on(JetStreamManagement management) throws IOException, JetStreamApiException;
    }

    /** Does it again for a while when it fails: a cluster has no leader for some seconds after the loss of one. */
    private void ifThere(Work<?> work) throws IOException, JetStreamApiException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                with(work);
                return;
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() == NOT_FOUND) {
                    return;
                }
                if (e.getErrorCode() != UNAVAILABLE || Instant.now().isAfter(deadline)) {
                    throw e;
                }
            } catch (IOException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
            }
            Thread.sleep(POLL);
        }
    }

    /** Keeps its connection as long as that works. */
    private synchronized <T> T with(Work<T> work) throws IOException, JetStreamApiException {
        try {
            if (connection == null) {
                connection = connect();
            }
            return work.on(connection.jetStreamManagement());
        } catch (IOException | IllegalStateException e) {
            close();
            throw new IOException(e);
        }
    }

    private Connection connect() throws IOException {
        try {
            return Nats.connect(Options.builder()
                    .server(url)
                    .noReconnect()
                    .errorListener(new ErrorListener() {})
                    .build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connection = null;
    }
}
