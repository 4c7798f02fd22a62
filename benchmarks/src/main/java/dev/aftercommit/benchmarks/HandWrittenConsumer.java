package dev.aftercommit.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.contract.Subject;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The consumer that a team writes in an afternoon, to compare with: a durable consumer of JetStream, and for each message a
 * transaction with a row that says that it was handled, then an acknowledgement. It promises less: with several threads no
 * order, a failing message is delivered again for ever, and one that a crash leaves unacknowledged waits for 30 s.
 */
public final class HandWrittenConsumer {
    private static final int FETCH = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final JsonEventCodec codec = new JsonEventCodec();
    private final HikariDataSource pool;

    private HandWrittenConsumer(HikariDataSource pool) {
        this.pool = pool;
    }

    /** Runs until it is killed. */
    public static void main(String[] args)
            throws IOException, InterruptedException, JetStreamApiException, SQLException {
        int threads = Integer.parseInt(ConsumingProcess.environment("THREADS"));
        HandWrittenConsumer consumer = new HandWrittenConsumer(ConsumingProcess.pool(threads));
        Connection nats = Nats.connect(ConsumingProcess.environment("NATS_URL"));
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            JetStreamSubscription subscription = nats.jetStream()
                    .subscribe(
                            Subject.allOf(Servers.SOURCE),
                            PullSubscribeOptions.builder()
                                    .durable("by-hand-" + threads)
                                    .build());
            running.add(Thread.ofPlatform().start(() -> consumer.run(subscription)));
        }
        for (Thread thread : running) {
            thread.join();
        }
    }

    private void run(JetStreamSubscription subscription) {
        try (java.sql.Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            while (true) {
                for (Message message : subscription.fetch(FETCH, PATIENCE)) {
                    handle(message, connection);
                    message.ack();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void handle(Message message, java.sql.Connection connection) throws SQLException {
        UUID id = UUID.fromString(message.getHeaders().getFirst("ce-id"));
        try (PreparedStatement handled =
                        connection.prepareStatement("INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING");
                PreparedStatement insert = connection.prepareStatement(ConsumingProcess.INSERT)) {
            handled.setObject(1, id);
            if (handled.executeUpdate() == 1) {
                LoadEvent event = codec.read(message.getData(), LoadEvent.class);
                insert.setObject(1, id);
                insert.setString(2, event.account());
                insert.setInt(3, event.number());
                insert.executeUpdate();
            }
        }
        connection.commit();
    }
}
