package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.publish.PermissionViolation;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tries whether a login may do all that the relay does with a source's stream, by messages that do nothing: JetStream
 * refuses requests without a body, and an event for a stream of a name that there cannot be.
 */
public final class StreamPermissions {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final byte[] NOTHING = {};
    private static final String NO_STREAM = "doctor.probe";

    private final Connection connection;

    private StreamPermissions(Connection connection) {
        this.connection = connection;
    }

    /** What is not permitted, each in a sentence that says how to permit it; empty when nothing is missing. */
    public static List<String> missing(Connection connection, String source) throws InterruptedException {
        return new StreamPermissions(connection).missing(source);
    }

    private List<String> missing(String source) throws InterruptedException {
        String stream = Subject.streamOf(source);
        List<String> missing = new ArrayList<>();
        add(
                missing,
                refusal(() -> connection.publish(
                        Subject.allOf(source).replace(">", NO_STREAM),
                        new Headers().put("Nats-Expected-Stream", NO_STREAM),
                        NOTHING)));
        for (String subject : List.of(
                "$JS.API.STREAM.INFO." + stream,
                "$JS.API.STREAM.CREATE." + stream,
                "$JS.API.STREAM.UPDATE." + stream,
                "$JS.API.STREAM.MSG.GET." + stream,
                "$JS.API.CONSUMER.CREATE." + stream + ".doctor",
                "$JS.FC." + stream + "." + NO_STREAM)) {
            add(missing, refusal(() -> connection.publish(subject, NOTHING)));
        }
        Dispatcher dispatcher = connection.createDispatcher();
        try {
            add(missing, refusal(() -> dispatcher.subscribe(connection.createInbox(), message -> {})));
        } finally {
            connection.closeDispatcher(dispatcher);
        }
        return missing;
    }

    private static void add(List<String> missing, @Nullable String violation) {
        if (violation != null) {
            missing.add(violation);
        }
    }

    /** The server answers in order: a refusal comes before the answer to the flush. */
    private @Nullable String refusal(Runnable attempt) throws InterruptedException {
        connection.clearLastError();
        attempt.run();
        try {
            connection.flush(ANSWER);
        } catch (TimeoutException e) {
            throw ApiFailure.unavailable("NATS did not answer within " + ANSWER.toSeconds() + " s", e);
        }
        return PermissionViolation.of(connection);
    }
}
