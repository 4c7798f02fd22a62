package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.publish.PermissionViolation;
import io.nats.client.Connection;
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

    /** Because the server is away, or because the login may not ask that. */
    static AftercommitException noAnswer(String what, Connection connection, @Nullable IOException e) {
        String violation = PermissionViolation.of(connection);
        return violation == null
                ? unavailable(e == null ? what : what + ": " + Reason.of(e), e)
                : new AftercommitException(ErrorCode.BROKER_UNSUITABLE, what + ": " + violation + ".", e);
    }

    static AftercommitException unavailable(String message, @Nullable Exception cause) {
        return new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, message + ".", cause);
    }
}
