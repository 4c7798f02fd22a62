package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.Limits;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.NetworkLink;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.NatsConfig;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.EventStreamContract;
import dev.aftercommit.relay.source.OutboxChange;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class JetStreamEventStreamIT extends EventStreamContract {
    private static final int NARROW = 2_000;

    private static NatsServer server;
    private static Connection operator;
    private static JetStreamManagement management;

    private NetworkLink link;
    private Broker broker;
    private Broker anotherBroker;
    private EventStream stream;
    private EventStream another;
    private int events;

    @BeforeAll
    static void start() throws Exception {
        server = NatsServer.start();
        operator = Nats.connect(server.url());
        management = operator.jetStreamManagement();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        operator.close();
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        link = new NetworkLink(server.port());
        broker = connect(link.port());
        anotherBroker = connect(server.port());
        stream = broker.stream(source, 1);
        another = anotherBroker.stream(source, 1);
    }

    private static Broker connect(int port) throws InterruptedException {
        return Broker.connect(new NatsConfig(
                List.of("nats://localhost:" + port),
                new NatsConfig.Login(null, null, null, null, null),
                new NatsConfig.Tls(null, null, null)));
    }

    @AfterEach
    void disconnectAndDelete() {
        link.close();
        broker.close();
        another.delete();
        anotherBroker.close();
    }

    @Override
    protected EventStream stream() {
        return stream;
    }

    @Override
    protected EventStream another() {
        return another;
    }

    @Override
    protected OutboxChange commit() {
        return commit(1);
    }

    @Override
    protected OutboxChange commitTooLarge() {
        return commit(Limits.MAX_MESSAGE_BYTES);
    }

    @Override
    protected OutboxChange commitRefused() {
        change(StreamConfiguration.builder(look()).maximumMessageSize(NARROW).build());
        return commit(NARROW);
    }

    private OutboxChange commit(int payloadBytes) {
        events++;
        return new OutboxChange(
                1_000 + events,
                0,
                Instant.parse("2026-01-01T00:00:00.123456Z").plusSeconds(events),
                new OutboxChange.Row(
                        UUID.randomUUID().toString(),
                        "account",
                        "a1",
                        "Changed",
                        '"' + "x".repeat(payloadBytes) + '"',
                        null));
    }

    private StreamConfiguration look() {
        return ask(() -> management.getStreamInfo(stream.name()).getConfiguration());
    }

    private static void change(StreamConfiguration configuration) {
        ask(() -> management.updateStream(configuration));
    }

    @Override
    protected void remove(long sequence) {
        ask(() -> management.deleteMessage(stream.name(), sequence));
    }

    @Override
    protected void purge(long before) {
        ask(() -> management.purgeStream(
                stream.name(), PurgeOptions.builder().sequence(before).build()));
    }

    @Override
    protected void hold() {
        link.line().cut();
    }

    @Override
    protected void release() {
        link.line().mend();
    }

    @Override
    protected void disconnect() {
        link.close();
    }

    /** A request of the operator's. */
    private interface Request<T> {
        T send() throws IOException, JetStreamApiException;
    }

    private static <T> T ask(Request<T> request) {
        try {
            return request.send();
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }
}
