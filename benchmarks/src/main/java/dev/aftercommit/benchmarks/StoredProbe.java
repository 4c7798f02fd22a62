package dev.aftercommit.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Stored, as far as anybody can see it: delivered to an ordered push consumer without acknowledgements. */
final class StoredProbe extends Probe {
    private static final ObjectReader EVENT = new ObjectMapper().readerFor(LoadEvent.class);

    private final Connection connection;

    StoredProbe(Servers servers) throws IOException, InterruptedException, JetStreamApiException {
        connection = Nats.connect(Options.builder()
                .server(servers.nats().url())
                .errorListener(new ErrorListener() {})
                .build());
        Dispatcher dispatcher = connection.createDispatcher();
        dispatcher.setPendingLimits(-1, -1);
        connection
                .jetStream()
                .subscribe(
                        "outbox." + Servers.SOURCE + ".>",
                        dispatcher,
                        this::received,
                        false,
                        PushSubscribeOptions.builder().stream(Servers.STREAM)
                                .ordered(true)
                                .configuration(ConsumerConfiguration.builder()
                                        .deliverPolicy(DeliverPolicy.New)
                                        .build())
                                .build());
    }

    private void received(Message message) {
        long at = System.nanoTime();
        try {
            LoadEvent event = EVENT.readValue(message.getData());
            seen(event.run(), event.number(), at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    String name() {
        return "stored";
    }

    @Override
    public void close() throws InterruptedException {
        connection.close();
    }
}
