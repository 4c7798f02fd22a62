package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.config.NatsConfig;
import dev.aftercommit.relay.failure.Reason;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a refusal of JetStream's API means. */
final class ApiFailure {
    private static final Set<Integer> NO_JETSTREAM = Set.of(10039, 10076);

    private ApiFailure() {}

    static AftercommitException mismatch(String message) {
        return new AftercommitException(ErrorCode.STREAM_MISMATCH, message);
    }

    static AftercommitException refused(String what, JetStreamApiException e) {
        if (NO_JETSTREAM.contains(e.getApiErrorCode())) {
            return new AftercommitException(
                    ErrorCode.BROKER_UNSUITABLE,
                    what + ": JetStream is off for the account that the relay logs in to."
                            + " Put jetstream: enabled into that account in nats-server's configuration.",
                    e);
        }
        boolean transientFailure = e.getErrorCode() == 503;
        return new AftercommitException(
                transientFailure ? ErrorCode.BROKER_UNAVAILABLE : ErrorCode.BROKER_UNSUITABLE,
                what + ": " + Reason.of(e.getErrorDescription()) + " (" + e.getApiErrorCode() + ").",
                e);
    }

    /** NATS does not answer what a login may not ask: a missing permission looks like a server that is away. */
    static AftercommitException noAnswer(String what, IOException e) {
        return unavailable(
                what + ": " + Reason.of(e)
                        + ". If NATS is well, its login may lack the permissions for JetStream's API ($JS.API.>)"
                        + " and the relay's inboxes (" + NatsConfig.INBOX_PREFIX + ".>)",
                e);
    }

    static AftercommitException unavailable(String message, @Nullable Exception cause) {
        return new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, message + ".", cause);
    }
}
